{% for i in range(2) %}select {{ i }} as id{% if not loop.last %} union all {% endif %}{% endfor %}
