"""Validation of one thing by hand: no catalog, no Dagster, no other process."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from data_management.domain.models import DataLocation, Dataset, Examination, ReadOptions, Rule, RuleScope
from data_management.errors import InvalidInput


def validate(
    source: Any,
    rules: Any = (),
    *,
    dataset: str | None = None,
    samples: int = 0,
    gx_results: bool = False,
    profile: bool = False,
    options: ReadOptions | None = None,
    threads: int | None = None,
    memory_bytes: int | None = None,
) -> Examination:
    """See `data_management.validate`."""
    from data_management.infrastructure.quality.worker import load_libraries

    load_libraries()
    from data_management.infrastructure.quality.checks import Wanted
    from data_management.infrastructure.quality.connections import Resources
    from data_management.infrastructure.quality.direct import examine_directly
    from data_management.infrastructure.quality.examining import Order
    from data_management.infrastructure.quality.sources import Bounds
    from data_management.settings import load_settings

    declared = _declared(rules, dataset)
    order = Order(
        rules=_rules(declared, rules),
        columns=declared.columns if declared else (),
        wanted=Wanted(gx_results=gx_results, samples=samples),
        profile=profile,
    )
    if options is None:
        options = declared.landing.options if declared and declared.landing else ReadOptions()
    settings = load_settings()
    bounds = Bounds(columns=settings.file_columns, cell_bytes=settings.file_cell_mb << 20)
    location = DataLocation.from_path(source) if isinstance(source, str | PathLike) else source
    return examine_directly(location, order, options, Resources(threads=threads, memory_bytes=memory_bytes), bounds)


def _rules(declared: Dataset | None, given: Any) -> tuple[Rule, ...]:
    from data_management.infrastructure.quality.suites import rules_of, rules_of_file

    if declared is not None:
        return tuple(rule for rule in declared.rules if rule.scope is RuleScope.ASSET)
    return rules_of_file(Path(given)) if isinstance(given, str | PathLike) else rules_of(given)


def _declared(rules: Any, name: str | None) -> Dataset | None:
    """The dataset of a contract, where `rules` is one: a file that is not JSON, or a dataset that was read before."""
    if isinstance(rules, Dataset):
        return rules
    if not isinstance(rules, str | PathLike) or Path(rules).suffix.lower() == ".json":
        return None
    from data_management.infrastructure.contracts import OdcsContractReader

    reading = OdcsContractReader().read(Path(rules))
    if reading.problems:
        raise InvalidInput("\n".join(str(problem) for problem in reading.problems))
    declared: Mapping[str, Dataset] = {one.name: one for one in reading.datasets}
    if name is None and len(declared) == 1:
        return next(iter(declared.values()))
    if name is None or name not in declared:
        raise InvalidInput(f"{rules} declares {', '.join(declared)}; choose one by dataset=…")
    return declared[name]
