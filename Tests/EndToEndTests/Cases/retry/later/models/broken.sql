select id from fine
