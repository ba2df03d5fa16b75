select order_id, paid, total from order_totals where paid > total
