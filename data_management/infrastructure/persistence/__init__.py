"""The catalog's database: engine, schema, tables, migrations, and how entities become rows."""
