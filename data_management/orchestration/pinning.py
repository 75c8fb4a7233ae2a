"""The contract that a code location was loaded with is the one that its runs judge by.

A run loads the contracts anew, in a process of its own. What the code location showed when the run was asked for stands as a tag of the
step in the run's plan.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import dagster as dg

from data_management.domain.models import Dataset, ReadOptions
from data_management.domain.models.canonical import canonical_hash, declared

CONTRACT_TAG: Final = "data_management/contract"
IsCurrent = Callable[[Dataset], bool]
"""Whether the contract on disk still says of a dataset what it said when it was loaded."""


def fingerprint(dataset: Dataset) -> str:
    """16 hexadecimal digits over what decides how files are found, read and judged."""
    landing = dataset.landing
    return canonical_hash(
        {
            "fingerprint": 1,
            "plan": dataset.plan_hash,
            "version": dataset.contract_version,
            "revalidation": declared(dataset.revalidation),
            "samples": dataset.samples,
            "landing": declared(replace(landing, options=ReadOptions())) if landing else None,
        }
    )[:16]


def changed_since_loaded(context: dg.AssetExecutionContext, dataset: Dataset) -> str | None:
    """Why this run must not judge: the contract is another one than the code location shows. None where it is the same."""
    plan = context.run.execution_plan_snapshot_id
    if plan is None:
        return None
    key = context.get_step_execution_context().step.key
    steps = context.instance.get_execution_plan_snapshot(plan).steps
    pinned = next(((step.tags or {}).get(CONTRACT_TAG) for step in steps if step.key == key), None)
    if pinned in (None, fingerprint(dataset)):
        return None
    return (
        f"the contract of dataset {dataset.name!r} ({dataset.source}) changed since this code location was loaded, so nothing was "
        "judged and what landed stays pending; reload the code location"
    )
