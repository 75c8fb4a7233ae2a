"""Data catalog and data quality inside Dagster."""
