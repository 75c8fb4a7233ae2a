"""The catalog's tables, by noun. A change here needs a migration; a test compares the two."""

from data_management.infrastructure.persistence.tables.access import api_keys, audit, requests
from data_management.infrastructure.persistence.tables.assets import (
    arrivals,
    data_assets,
    layouts,
    schemas,
    validations,
)
from data_management.infrastructure.persistence.tables.base import metadata
from data_management.infrastructure.persistence.tables.datasets import (
    dataset_counts,
    dataset_scores,
    dataset_totals,
    dataset_words,
    datasets,
    plans,
)
from data_management.infrastructure.persistence.tables.events import (
    consumers,
    deliveries,
    destinations,
    outbox,
    positions,
    seen_events,
)
from data_management.infrastructure.persistence.tables.ledgers import acceptances, dataset_consumers, dataset_positions

__all__ = [
    "acceptances",
    "api_keys",
    "arrivals",
    "audit",
    "consumers",
    "data_assets",
    "dataset_consumers",
    "dataset_counts",
    "dataset_positions",
    "dataset_scores",
    "dataset_totals",
    "dataset_words",
    "datasets",
    "deliveries",
    "destinations",
    "layouts",
    "metadata",
    "outbox",
    "plans",
    "positions",
    "requests",
    "schemas",
    "seen_events",
    "validations",
]
