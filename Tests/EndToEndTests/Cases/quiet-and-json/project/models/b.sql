select error('broken') as id
