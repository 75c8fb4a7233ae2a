"""Contracts for assets that a project already has."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TypeVar

import dagster as dg

from data_management.application.services import Judgement, OnFailure
from data_management.errors import DataManagementError, InvalidInput
from data_management.observability import get_logger
from data_management.orchestration import OpOptions
from data_management.orchestration import attached as specs
from data_management.orchestration import attached_checks as check_ops
from data_management.orchestration import in_body
from data_management.orchestration.attached import AttachedAsset, Contract
from data_management.orchestration.results import Granularity
from data_management.plugin.resource import catalog, container_of
from data_management.settings import load_settings

Key = dg.AssetKey | str | Sequence[str]
Asset = TypeVar("Asset", dg.AssetsDefinition, dg.AssetSpec)


def with_contract(
    asset: Asset,
    contract: str | PathLike[str],
    *,
    dataset: str | None = None,
    key: Key | None = None,
) -> Asset:
    """The asset with the contract's description, owners, tags, kinds, columns, lineage, freshness policy and file.

    What the asset says itself stays; the contract adds to it. A broken contract does not keep the project from loading: the
    asset's page says what is wrong (``DATA_MANAGEMENT_STRICT`` raises instead).

    Args:
        asset: an ``AssetsDefinition`` (what ``@dg.asset`` makes), or an ``AssetSpec``.
        contract: the contract's file, absolute or relative to ``DATA_MANAGEMENT_HOME``.
        dataset: which of the contract's schema objects; unset: its only one.
        key: which asset of a definition that makes several.

    Raises:
        InvalidInput: a choice is left by `dataset` or `key`; or, with ``DATA_MANAGEMENT_STRICT``, the contract is broken.
    """
    return specs.with_contract(asset, _read(contract, dataset), _key(key))


def contract_checks(
    asset: dg.AssetsDefinition | dg.AssetSpec,
    contract: str | PathLike[str],
    *,
    source: str | dg.EnvVar | None = None,
    value_type: type | None = None,
    dataset: str | None = None,
    key: Key | None = None,
    checks: Granularity | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    retry_policy: dg.RetryPolicy | None = None,
) -> dg.AssetChecksDefinition:
    """Checks of what an asset holds: a blocking ``verdict``, one for its columns, and one per rule.

    They run behind the asset in its own runs, and alone where they are selected alone; what is downstream waits for the verdict.
    Of a partitioned asset, the run's partitions are judged; without any, the one that was materialized last.

    Args:
        asset: an ``AssetsDefinition`` or an ``AssetSpec``.
        contract: the contract's file, absolute or relative to ``DATA_MANAGEMENT_HOME``.
        source: where the data is. Unset: the asset's value, through its IO manager (a pandas or Polars DataFrame, an Arrow
            table). A URI: ``postgresql://HOST/DATABASE#SCHEMA.TABLE``, ``file:///…``, ``s3://…``; by ``dg.EnvVar`` where it holds a
            password. Any other text: under which name the materialization's metadata holds such a URI (``dagster/uri``).
        value_type: the type to ask the IO manager for; unset: the one that the asset's function is annotated with.
        dataset: which of the contract's schema objects; unset: its only one.
        key: which asset of a definition that makes several.
        checks: ``per_rule``, ``per_dimension`` or ``verdict`` (none beside it). Unset: per rule, and per dimension above 50 rules.
        op_tags: tags of the checks' op.
        pool: its concurrency pool.
        retry_policy: its retry policy.

    Raises:
        InvalidInput: a choice is left by `dataset` or `key`; or, with ``DATA_MANAGEMENT_STRICT``, the contract is broken.
    """
    return check_ops.contract_checks(
        AttachedAsset(specs.spec_of(asset, _key(key)), _read(contract, dataset)),
        catalog,
        source=source,
        value_type=value_type,
        checks=checks or load_settings().checks,
        options=OpOptions(op_tags=op_tags, pool=pool, retry_policy=retry_policy),
    )


def validate(
    context: dg.AssetExecutionContext,
    frame: object,
    contract: str | PathLike[str],
    *,
    on_fail: OnFailure = "stop",
    dataset: str | None = None,
    key: Key | None = None,
    data_version: str | None = None,
) -> Judgement:
    """Judge a frame inside an asset's function, before it is published.

    A frame whose verdict is fail raises ``dg.Failure``, which is not tried again: it never reaches the IO manager, and the catalog
    keeps it as quarantined beside what is published. Any other adds its figures to the materialization's metadata.

    Args:
        context: of the asset that makes the frame.
        frame: a pandas or Polars DataFrame, or an Arrow table.
        contract: the contract's file, absolute or relative to ``DATA_MANAGEMENT_HOME``.
        on_fail: ``stop``, or ``warn`` to publish it nevertheless.
        dataset: which of the contract's schema objects; unset: its only one.
        key: which asset of a definition that makes several.
        data_version: what tells the frame from others, where the asset gives its own data version; unset: the run's id.

    Returns:
        Verdict, reasons, score, and all that was seen of the frame.
    """
    try:
        asset = AttachedAsset(specs.spec_of(context.assets_def, _key(key)), _read(contract, dataset))
        app = catalog.open_application()
    except DataManagementError as error:
        raise dg.Failure(description=str(error), allow_retries=not isinstance(error, InvalidInput)) from error
    try:
        return in_body.validate(context, app, frame, asset, on_fail=on_fail, data_version=data_version)
    finally:
        app.close()


def _read(contract: str | PathLike[str], name: str | None) -> Contract:
    """The dataset of a contract's file; a broken one is kept with its problems."""
    settings = load_settings()
    path = settings.home / Path(contract)
    reading = container_of(settings).contracts().read(path)
    if reading.problems:
        for problem in reading.problems:
            get_logger(__name__).warning("broken data contract", problem=str(problem))
        broken = Contract(name or ", ".join(reading.names) or path.name, problems=reading.problems)
        if settings.strict:
            raise InvalidInput(f"broken data contract:\n{broken.broken}")
        return broken
    names = [dataset.name for dataset in reading.datasets]
    if name is None and len(names) != 1:
        raise InvalidInput(f"{path} declares {', '.join(names) or 'no dataset'}; choose one by dataset=…")
    found = next((dataset for dataset in reading.datasets if name in (None, dataset.name)), None)
    if found is None:
        raise InvalidInput(f"{path} declares no dataset {name!r}, but {', '.join(names)}; choose one by dataset=…")
    return Contract(found.name, found)


def _key(key: Key | None) -> dg.AssetKey | None:
    return None if key is None else dg.AssetKey.from_coercible(key)
