"""What made a score: rules, weights and gates as they were defined."""

from pydantic.dataclasses import dataclass

from data_management.domain.models.datasets import ColumnSpec, Dataset, ReadOptions, ScorePolicy
from data_management.domain.models.rules import Rule


@dataclass(frozen=True)
class Plan:
    """All that decides a score, as a contract once said it; `hash` is the dataset's `plan_hash` of that time."""

    hash: str
    rules: tuple[Rule, ...] = ()
    policy: ScorePolicy = ScorePolicy()
    columns: tuple[ColumnSpec, ...] = ()
    options: ReadOptions | None = None

    @classmethod
    def of(cls, dataset: Dataset) -> "Plan":
        return cls(
            hash=dataset.plan_hash,
            rules=dataset.rules,
            policy=dataset.policy,
            columns=dataset.columns,
            options=dataset.landing.options if dataset.landing else None,
        )
