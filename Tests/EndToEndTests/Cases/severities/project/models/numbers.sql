select i from range(10) as t(i)
