"""The schema's history, for Alembic: one file a revision, written by hand."""
