"""From rules to SQL: what Great Expectations wants to know, as few DuckDB statements as possible."""
