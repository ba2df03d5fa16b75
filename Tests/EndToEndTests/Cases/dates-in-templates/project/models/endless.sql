{% set rows = run_query("select 'infinity'::date as day, '-infinity'::timestamp as moment") %}
select '{{ rows.rows[0][0] if execute }}' as day, '{{ rows.rows[0][1] if execute }}' as moment
