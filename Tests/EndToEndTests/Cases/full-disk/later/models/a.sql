select i, i::varchar || 'x' as text from range(2000000) as t(i)
