select * from {{ ref('broken') }} join {{ ref('order') }} using (id)
