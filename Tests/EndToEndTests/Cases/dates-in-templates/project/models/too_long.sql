{% if execute %}
select '{{ run_started_at - modules.datetime.timedelta(weeks=10 ** 15) }}' as day
{% endif %}
