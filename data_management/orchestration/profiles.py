"""A profile on a dataset's page."""

from collections.abc import Sequence

from data_management.domain.models import Classification, ColumnProfile
from data_management.domain.models.profiles import Bound
from data_management.orchestration.datasets import escape

_SHOWN_COLUMNS = 100


def profile_table(profile: Sequence[ColumnProfile], classifications: Sequence[Classification]) -> str:
    """Markdown: a row per column of the files that a run accepted."""
    held = {each.column: each.category or each.sensitivity for each in classifications}
    rows = [
        f"| {escape(p.name)} | {held.get(p.name, '')} | {p.nulls} | {_distinct(p)} | {_text(p.minimum)} "
        f"| {_text(p.quantile(0.5))} | {_text(p.maximum)} | {_text(p.mean)} |"
        for p in profile[:_SHOWN_COLUMNS]
    ]
    head = [
        "| column | holds | nulls | distinct | minimum | median | maximum | mean |",
        "|---|---|---|---|---|---|---|---|",
    ]
    more = [f"\n{len(profile) - _SHOWN_COLUMNS} more columns."] if len(profile) > _SHOWN_COLUMNS else []
    return "\n".join([*head, *rows, *more])


def _distinct(profile: ColumnProfile) -> str:
    if profile.distinct is None:
        return ""
    return f"~{profile.distinct} ±{profile.distinct_error:.0%}" if profile.distinct_error else str(profile.distinct)


def _text(value: Bound | None) -> str:
    return "" if value is None else escape(value) if isinstance(value, str) else f"{value:.6g}"
