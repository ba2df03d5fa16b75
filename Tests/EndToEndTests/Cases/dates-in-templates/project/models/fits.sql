select '{{ modules.datetime.date(2024, 2, 28) + modules.datetime.timedelta(days=2) }}' as day
