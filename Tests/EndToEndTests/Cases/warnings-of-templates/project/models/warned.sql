{% if execute %}{% do exceptions.warn('numbers are old') %}{% endif %}
select 1 as id
