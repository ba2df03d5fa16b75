select o.id, c.title from orders o join countries c on c.code = 'de'
