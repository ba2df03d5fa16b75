select error('no') as id
