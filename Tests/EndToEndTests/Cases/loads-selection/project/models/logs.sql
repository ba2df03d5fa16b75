select * from shop.log_web
