select * from crm.people
