select * from b_mid
