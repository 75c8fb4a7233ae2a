"""What Alembic runs. The caller passes its connection, and owns the transaction."""

from alembic import context

from data_management.infrastructure.persistence.schema import VERSION_TABLE
from data_management.infrastructure.persistence.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
