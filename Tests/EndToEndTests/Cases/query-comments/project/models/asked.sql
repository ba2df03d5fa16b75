select current_query() like '%of asked%' as is_commented
