select loaded from duckdb_extensions() where extension_name = 'fts'
