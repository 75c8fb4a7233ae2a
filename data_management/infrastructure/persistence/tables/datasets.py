"""Datasets: what was declared, the sums over their files, their scores, and the words a search finds."""

from sqlalchemy import DDL, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, event

from data_management.infrastructure.persistence import search
from data_management.infrastructure.persistence.tables.base import json, metadata
from data_management.infrastructure.persistence.types import ID, Exact, Name, UTCDateTime

datasets = Table(
    "datasets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("definition", json, nullable=False),
    Column("retired_at", UTCDateTime),
)

plans = Table(
    "plans",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("definition", json),  # rules, weights and gates as they were; null of plans older than this column
    UniqueConstraint("dataset_id", "hash"),
)

dataset_totals = Table(
    "dataset_totals",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("rule", Name, primary_key=True),
    Column("evaluated", ID),
    Column("unexpected", ID),
    Column("passed", ID, nullable=False),
    Column("failed", ID, nullable=False),
    Column("errored", ID, nullable=False),
)

dataset_counts = Table(  # of the current data assets, in the order of `AssetCounts`
    "dataset_counts",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("pending", ID, nullable=False),
    Column("accepted", ID, nullable=False),
    Column("quarantined", ID, nullable=False),
    Column("rejected", ID, nullable=False),
    Column("rows", ID, nullable=False),
)

dataset_scores = Table(
    "dataset_scores",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("plan_id", ID, ForeignKey("plans.id"), nullable=False),
    Column("request_key", Exact, nullable=False),
    Column("contract_version", Exact, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reasons", json, nullable=False),
    Column("counts", json, nullable=False),
    Column("value", Float),
    Column("score_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("score", json, nullable=False),
    UniqueConstraint("dataset_id", "plan_id", "request_key"),
)
Index("ix_dataset_scores_history", dataset_scores.c.dataset_id, dataset_scores.c.id)

dataset_words = Table(  # what a search finds of datasets: words, folded, with a space between two
    "dataset_words",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("owners", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("description", Text, nullable=False),
)
for dialect, statements in search.STATEMENTS.items():
    for statement in statements:
        made = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call] # SQLAlchemy's own lack
        event.listen(metadata, "after_create", made.execute_if(dialect=dialect))
