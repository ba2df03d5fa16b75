select {{ again(0) }} as n
