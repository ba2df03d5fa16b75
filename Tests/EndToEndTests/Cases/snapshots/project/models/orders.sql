{{ config(materialized='view') }}
select * from (values
  {% if var('stage') == 1 %}
  (1, 'new', timestamp '2024-01-01'), (2, 'new', timestamp '2024-01-01')
  {% elif var('stage') == 5 %}
  (1, 'paid', timestamp '2024-05-01'), (1, 'sent', timestamp '2024-05-02'), (null, 'lost', timestamp '2024-05-02')
  {% else %}
  (1, {{ "'bad'" if var('stage') == 4 else "'paid'" }}, timestamp '2024-02-0{{ var('stage') }}'), (3, 'new', timestamp '2024-02-02')
  {% endif %}
) as t (id, status, updated_at)
