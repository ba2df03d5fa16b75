select date_trunc('month', happened) as month, count(*) as events, min(happened) as happened from events group by 1
