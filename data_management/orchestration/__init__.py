"""Dagster as a driving adapter: resource, assets, checks, sensors, schedules."""
