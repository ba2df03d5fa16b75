select 'from c_top' as text -- from c_top
