select {{ nothing_of_that_name('x') }}
