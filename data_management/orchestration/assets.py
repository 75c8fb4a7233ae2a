"""The asset behind a dataset, and that of one whose contract is broken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractProblem
from data_management.domain.models import Dataset
from data_management.orchestration.datasets import DATASET_TAG, DatasetNames, broken_spec
from data_management.orchestration.pinning import CONTRACT_TAG, changed_since_loaded, fingerprint
from data_management.orchestration.resource import CATALOG, CatalogResource
from data_management.orchestration.results import Granularity, check_specs, granularity, of_selected, unjudged
from data_management.orchestration.step import DatasetResult, DatasetStep, Timing

Execute = Callable[[dg.AssetExecutionContext, DatasetStep], Iterator[DatasetResult]]


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class OpOptions:
    """What is handed through to Dagster as it is; and `execute`, which is called in place of the step's own `results`."""

    op_tags: Mapping[str, str] | None = None
    pool: str | None = None
    retry_policy: dg.RetryPolicy | None = None
    execute: Execute | None = None


def dataset_asset(
    dataset: Dataset,
    spec: dg.AssetSpec,
    names: DatasetNames,
    *,
    checks: Granularity | None = None,
    timing: Timing = Timing(),
    options: OpOptions = OpOptions(),
) -> dg.AssetsDefinition:
    """The asset of a dataset with its checks.

    Materializing it looks at the landing, claims all that is pending and judges it; nothing new means nothing is yielded, and
    what is downstream is skipped. Selecting its checks alone judges the accepted files again and materializes nothing.
    """
    how = granularity(dataset, checks)

    @dg.multi_asset(
        name=names.op_name,
        specs=[spec],
        check_specs=check_specs(dataset, names, how),
        can_subset=True,
        op_tags={DATASET_TAG: names.slug, CONTRACT_TAG: fingerprint(dataset), **(options.op_tags or {})},
        pool=options.pool,
        retry_policy=options.retry_policy,
        backfill_policy=dg.BackfillPolicy.single_run() if spec.partitions_def else None,
        required_resource_keys={CATALOG},  # a typed parameter costs a millisecond for each of 500 datasets
    )
    def validate_dataset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        catalog: CatalogResource = getattr(context.resources, CATALOG)
        if (why := changed_since_loaded(context, dataset)) is not None:
            yield from of_selected(context, unjudged(dataset, names, how, why))
            raise dg.Failure(description=why, allow_retries=False)
        step = DatasetStep(context, catalog, dataset, names, how, timing)
        yield from step.results() if options.execute is None else options.execute(context, step)

    return validate_dataset


def broken_asset(problems: Sequence[ContractProblem], name: str, names: DatasetNames) -> dg.AssetsDefinition:
    """The asset of a dataset whose contract is broken: its page says why, and materializing it fails with the reason."""

    @dg.multi_asset(name=names.op_name, specs=[broken_spec(name, names, problems)])
    def broken_contract(context: dg.AssetExecutionContext) -> Iterator[Any]:  # noqa: ARG001  Dagster passes it
        listed = "\n".join(map(str, problems))
        raise dg.Failure(description=f"The data contract is broken:\n{listed}", allow_retries=False)
        yield  # makes this a generator: nothing is materialized

    return broken_contract
