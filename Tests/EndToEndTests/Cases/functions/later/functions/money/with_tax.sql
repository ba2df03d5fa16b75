price * (1 - rate / 100)
