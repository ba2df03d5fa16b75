select {{ cents('150') }} as c, {% for n in names() %}'{{ n }}' as {{ n }}, {% endfor %}{{ count_rows(ref('s')) }} as n
