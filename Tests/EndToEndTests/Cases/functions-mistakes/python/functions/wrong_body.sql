nowhere(a)
