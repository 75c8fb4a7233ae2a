"""Datasets of a folder of data contracts, in YAML."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import dagster as dg
from dagster.components.resolved.core_models import AssetSpecUpdateKwargs
from dagster.components.utils.translation import TranslationFn, TranslationFnResolver
from pydantic import ConfigDict

from data_management.domain.models import Dataset
from data_management.orchestration import DatasetResult, DatasetStep, Start
from data_management.orchestration.datasets import DatasetNames, dataset_spec
from data_management.orchestration.naming import prefix_parts
from data_management.orchestration.results import Granularity
from data_management.plugin.factory import build_dataset_definitions
from data_management.plugin.scaffolding import DataContractsScaffolder

_EXECUTORS = {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}


class RetryPolicyModel(dg.Model, dg.Resolvable):
    """When a dataset's op is tried again within its run."""

    max_retries: Annotated[int, dg.Resolver.default(description="How often it is tried again.", examples=[3])] = 1
    delay: Annotated[
        float | None, dg.Resolver.default(description="Seconds before it is tried again.", examples=[30])
    ] = None
    backoff: Annotated[
        Literal["linear", "exponential"] | None,
        dg.Resolver.default(description="How the delay grows from try to try.", examples=["exponential"]),
    ] = None
    jitter: Annotated[
        Literal["full", "plus_minus"] | None,
        dg.Resolver.default(description="How the delay is spread by chance.", examples=["plus_minus"]),
    ] = None


def _retry_policy(context: dg.ResolutionContext, given: object) -> dg.RetryPolicy | None:
    if given is None or isinstance(given, dg.RetryPolicy):
        return given
    model = RetryPolicyModel.resolve_from_model(context, given)  # type: ignore[arg-type]
    return dg.RetryPolicy(
        max_retries=model.max_retries,
        delay=model.delay,
        backoff=dg.Backoff[model.backoff.upper()] if model.backoff else None,
        jitter=dg.Jitter[model.jitter.upper()] if model.jitter else None,
    )


def _executor(_: dg.ResolutionContext, given: object) -> dg.ExecutorDefinition | None:
    if given is None or isinstance(given, dg.ExecutorDefinition):
        return given
    if given not in _EXECUTORS:
        raise ValueError(
            f"executor {given!r} is not known; write one of {', '.join(_EXECUTORS)}, or a template variable that gives an "
            "executor definition: '{{ my_executor }}'"
        )
    return _EXECUTORS[str(given)]


def _translation_resolver() -> TranslationFnResolver[Dataset]:
    resolver = TranslationFnResolver[Dataset](
        lambda dataset: {"dataset": dataset}, model_field_type=AssetSpecUpdateKwargs.model()
    )
    resolver.description = (
        "How a dataset's asset differs from ours: key, group, owners, tags, automation condition and so on. `dataset` (its name, "
        "domain, contract_id …) and `spec` (our asset spec) are known in it."
    )
    resolver.examples = [{"key": "lake/{{ dataset.name }}", "group_name": "{{ dataset.domain }}"}]
    return resolver


@dg.scaffold_with(DataContractsScaffolder)
class DataContractsComponent(dg.Component, dg.Resolvable, dg.Model):
    """Datasets from a folder of data contracts (ODCS): an asset with quality checks for each, and a sensor that sees files land.

    A subclass may override `get_asset_spec`, which says how a dataset looks, and `execute`, which is called when it is run.

    Example:
        >>> from collections.abc import Iterator
        >>> import dagster as dg
        >>> from data_management.plugin import DataContractsComponent, DatasetResult, DatasetStep
        >>> class TeamContracts(DataContractsComponent):
        ...     def get_asset_spec(self, dataset) -> dg.AssetSpec:
        ...         return super().get_asset_spec(dataset).merge_attributes(tags={"team": "flow"})
        ...     def execute(self, context, step: DatasetStep) -> Iterator[DatasetResult]:
        ...         context.log.info(f"judging {step.dataset.name}")
        ...         yield from super().execute(context, step)
        >>> component = TeamContracts.from_attributes_dict(attributes={"key_prefix": "raw", "pool": "quality"})
        >>> component.key_prefix
        'raw'
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    contracts: Annotated[
        str,
        dg.Resolver.default(
            description="The folder of data contracts (*.yaml), relative to the component's own folder.",
            examples=["contracts", "../../contracts"],
        ),
    ] = "contracts"
    key_prefix: Annotated[
        str,
        dg.Resolver.default(
            description="Prefix of all asset keys; its parts are separated by '/'.", examples=["raw", "lake/raw"]
        ),
    ] = ""
    name: Annotated[
        str | None,
        dg.Resolver.default(
            description="What the names of jobs, sensors and schedules begin with; the key prefix unless given. Two components "
            "need two prefixes or two names.",
            examples=["sales"],
        ),
    ] = None
    checks: Annotated[
        Granularity | None,
        dg.Resolver.default(
            description="Asset checks beside each dataset's verdict: per_rule, per_dimension, or verdict (none). Unless given: per "
            "rule, and per dimension above 50 rules.",
            examples=["per_rule", "per_dimension", "verdict"],
        ),
    ] = None
    translation: Annotated[
        TranslationFn[Dataset] | None,
        _translation_resolver(),
    ] = None
    executor: Annotated[
        dg.ExecutorDefinition | None,
        dg.Resolver(
            _executor,
            model_field_type=str,
            description="Executor of the component's jobs: in_process (unless given), multiprocess, or a template variable.",
            examples=["in_process", "multiprocess", "{{ my_executor }}"],
        ),
    ] = None
    op_tags: Annotated[
        Mapping[str, str],
        dg.Resolver.default(
            description="Tags of each dataset's op, such as resources for Kubernetes.", examples=[{"team": "flow"}]
        ),
    ] = {}
    pool: Annotated[
        str | None,
        dg.Resolver.default(description="Concurrency pool of each dataset's op.", examples=["quality"]),
    ] = None
    retry_policy: Annotated[
        dg.RetryPolicy | None,
        dg.Resolver(
            _retry_policy,
            model_field_type=RetryPolicyModel.model(),
            description="When a dataset's op is tried again within its run.",
            examples=[{"max_retries": 3, "delay": 30, "backoff": "exponential"}],
        ),
    ] = None
    schedules: Annotated[
        Start,
        dg.Resolver.default(
            description="The schedules of re-validation and reconciliation: running from the start, stopped until somebody starts "
            "them, or none.",
            examples=["running", "stopped", "none"],
        ),
    ] = "running"
    sensors: Annotated[
        Start,
        dg.Resolver.default(
            description="The sensors of landings and events, likewise.", examples=["running", "stopped", "none"]
        ),
    ] = "running"

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            tags=["data quality", "data catalog", "great expectations"],
            produces=["asset", "asset_check", "job", "sensor", "schedule", "resource"],
        )

    def get_asset_spec(self, dataset: Dataset) -> dg.AssetSpec:
        """How a dataset looks in Dagster: as the contract says, translated as the YAML says."""
        spec = dataset_spec(dataset, DatasetNames(dataset.name, prefix_parts(self.key_prefix)))
        return spec if self.translation is None else self.translation(spec, dataset)

    def execute(
        self,
        context: dg.AssetExecutionContext,  # noqa: ARG002  for subclasses
        step: DatasetStep,
    ) -> Iterator[DatasetResult]:
        """What a run of a dataset does, and tells Dagster."""
        yield from step.results()

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return build_dataset_definitions(
            context.path / self.contracts,
            key_prefix=self.key_prefix,
            name=self.name,
            checks=self.checks,
            translation=lambda _, dataset: self.get_asset_spec(dataset),
            execute=self.execute,
            executor_def=self.executor,
            op_tags=self.op_tags,
            pool=self.pool,
            retry_policy=self.retry_policy,
            schedules=self.schedules,
            sensors=self.sensors,
        )
