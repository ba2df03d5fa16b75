{%- macro quote(name) -%}"{{ name | replace('"', '""') }}"{%- endmacro -%}

{%- macro cents_to_dollars(column, precision=2, alias=none) -%}
  round({{ column }} / 100.0, {{ precision }}) as {{ quote(alias or column ~ '_dollars') }}
{%- endmacro -%}

{%- macro surrogate_key(fields, separator='-') -%}
  {%- set parts = [] -%}
  {%- for field in fields -%}
    {%- do parts.append("coalesce(cast(" ~ field ~ " as varchar), '')") -%}
    {%- if not loop.last -%}{%- do parts.append("'" ~ separator ~ "'") -%}{%- endif -%}
  {%- endfor -%}
  md5({{ parts | join(' || ') }})
{%- endmacro -%}

{%- macro wrap(title) -%}
  -- begin {{ title | upper }}
  {{ caller(title) }}
  -- end {{ title }}
{%- endmacro -%}

{%- set amounts = ['subtotal', 'tax', 'shipping', 'discount', 'refund', 'total'] -%}
select
  {{ surrogate_key(['order_id', 'line_number', 'store_id']) }} as line_key,
  {{ surrogate_key(fields=['customer_id', 'region'], separator='|') }} as customer_key,
  {%- for amount in amounts %}
  {{ cents_to_dollars(amount) }},
  {{ cents_to_dollars(column=amount ~ '_gross', precision=4, alias=amount ~ '_g') }},
  {%- endfor %}
  {% call(title) wrap('measures') -%}
  {% for key, value in settings.items() -%}
  {{ value.expression }} as {{ key }}{{ ',' if not loop.last }}
  {% endfor %}
  {%- endcall %}
from {{ ref('fct_lines') }}
where {% for key, value in settings | dictsort %}{{ key }} {{ '>=' if value.minimum is defined else '<>' }} {{ value.minimum | default(0) }}{{ ' and ' if not loop.last }}{% endfor %}
{%- set ns = namespace(found=false, total=0) -%}
{%- for key, value in settings.items() -%}
  {%- if value.minimum and value.minimum > 10 -%}{%- set ns.found = true -%}{%- endif -%}
  {%- set ns.total = ns.total + (value.minimum or 0) -%}
{%- endfor %}
{% if ns.found %}-- total {{ ns.total }}{% endif %}
