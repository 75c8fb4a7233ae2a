"""What a contract says of a table, in Dagster's own words: columns and where they come from, owners, names, the contract's file."""

import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from data_management.domain.models import Dataset
from data_management.orchestration.naming import slug

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TEAM = re.compile(r"team:[A-Za-z0-9_-]+")
_KINDS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
}
_KINDS |= {
    name: name for name in ("athena", "databricks", "duckdb", "mysql", "oracle", "sqlserver", "synapse", "trino", "s3")
}
"""Types of servers that are kinds of Dagster, with icons."""


def described_metadata(dataset: Dataset, key: dg.AssetKey, deps: Iterable[dg.AssetKey] = ()) -> dict[str, Any]:
    """Metadata for the definition of the asset `key`, which has these `deps`."""
    metadata = columns_metadata(dataset, key, deps)
    if dataset.physical_name is not None:
        metadata["dagster/table_name"] = dataset.physical_name
    unrun = {rule.name: rule.not_runnable or "it has no expectation" for rule in dataset.rules if not rule.can_run}
    if unrun:
        metadata["data_management/rules_not_run"] = dg.MetadataValue.json(unrun)
    if storage_kinds(dataset):
        metadata["dagster/storage_kind"] = next(iter(storage_kinds(dataset)))
    if dataset.source is not None:
        metadata["dagster/code_references"] = _reference(dataset.source)
    return metadata


def columns_metadata(dataset: Dataset, key: dg.AssetKey, deps: Iterable[dg.AssetKey] = ()) -> dict[str, Any]:
    """Its columns, and those that they are made from; for materializations too, where the UI looks for lineage."""
    metadata: dict[str, Any] = {}
    if dataset.columns:
        metadata["dagster/column_schema"] = column_schema(dataset)
    if (lineage := column_lineage(dataset, key, deps)) is not None:
        metadata["dagster/column_lineage"] = lineage
    return metadata


def storage_kinds(dataset: Dataset) -> set[str]:
    """The kind of storage that the contract's servers are of; none where they are of several, or of none that Dagster knows."""
    kind = _KINDS.get(dataset.storage or "")
    return {kind} if kind else set()


def dagster_owners(dataset: Dataset) -> tuple[list[str], list[str]]:
    """Owners that Dagster takes (addresses and ``team:name``), and the others."""
    owners = [owner for owner in dataset.owners if _EMAIL.fullmatch(owner) or _TEAM.fullmatch(owner)]
    return owners, [owner for owner in dataset.owners if owner not in owners]


def column_schema(dataset: Dataset) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.logical_type or "any",
                description=column.description or None,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
                tags={"classification": slug(column.classification)} if column.classification else None,
            )
            for column in dataset.columns
        ]
    )


def column_lineage(
    dataset: Dataset, key: dg.AssetKey, deps: Iterable[dg.AssetKey] = ()
) -> dg.TableColumnLineage | None:
    """From the `transformSourceObjects` that name a column (``object.column``); None where none does.

    An object is the dependency of its name, if there is one; else the asset of its name beside `key`, or, for one in parts
    (``schema.table``), the asset of these parts.
    """
    by_name = {dep.path[-1]: dep for dep in deps}

    def key_of(source: str) -> dg.AssetKey:
        parts = [slug(part) for part in source.split(".") if part] or [slug(source)]
        found = by_name.get(source.rpartition(".")[2]) or by_name.get(parts[-1])
        return found or (dg.AssetKey([*key.path[:-1], *parts]) if len(parts) == 1 else dg.AssetKey(parts))

    columns = {
        column.name: [
            dg.TableColumnDep(asset_key=key_of(source), column_name=name)
            for source, _, name in (stated.rpartition(".") for stated in column.sources)
            if source and name
        ]
        for column in dataset.columns
    }
    columns = {name: sources for name, sources in columns.items() if sources}
    return dg.TableColumnLineage(deps_by_column=columns) if columns else None


def _reference(contract: str) -> dg.CodeReferencesMetadataValue:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        reference = dg.LocalFileCodeReference(file_path=str(Path(contract).absolute()), label="data contract")
        return dg.CodeReferencesMetadataValue(code_references=[reference])
