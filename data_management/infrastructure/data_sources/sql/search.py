"""Finding datasets and data assets by words: FTS5 on SQLite, GIN indexes over lexemes on Postgres.

The words of datasets are kept in ``dataset_words``, folded by the domain. Data assets are found by their location, whose ASCII the
database itself splits: triggers keep FTS5 at it, on Postgres an index of an expression does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Select, column, literal_column, select, table, text

from data_management.application.views import SearchHit
from data_management.domain.models import AssetStatus, Column, Dataset
from data_management.domain.services.searching import Field, Sought, Words, rank, words_of_dataset
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import upsert
from data_management.infrastructure.persistence.search import DATASET_LEXEMES, LOCATION_LEXEMES
from data_management.infrastructure.persistence.tables import data_assets, dataset_words, datasets

_MOST_DATASETS: Final = 10_000
"""How many that fit are ranked."""
_ASCII: Final = re.compile(r"[a-z0-9]+")


def refresh(transaction: Transaction, dataset: Dataset, read: Iterable[Column] = ()) -> bool:
    """Keep the words of a dataset; whether they were others before."""
    dataset_id = transaction.dataset_id(dataset.name)
    words = words_of_dataset(dataset, read)
    row = {"dataset_id": dataset_id} | {field.value: " ".join(its) for field, its in words.items()}
    known = transaction.connection.execute(
        select(dataset_words).where(dataset_words.c.dataset_id == dataset_id)
    ).one_or_none()
    if known is not None and dict(known._mapping) == row:  # noqa: SLF001  the row's public mapping
        return False
    statement = upsert(transaction.connection.dialect.name, dataset_words)
    changed = {field.value: statement.excluded[field.value] for field in Field}
    transaction.connection.execute(
        statement.on_conflict_do_update(index_elements=[dataset_words.c.dataset_id], set_=changed), row
    )
    return True


def rebuild(connection: Connection) -> None:
    """Make SQLite's indexes anew from the tables that they are of; Postgres keeps its own."""
    if connection.dialect.name == "sqlite":
        for name in ("dataset_search", "data_asset_search"):
            connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('rebuild')")  # noqa: S608  constants


def find_datasets(connection: Connection, of: Sequence[Sought], names: Sequence[str] | None) -> list[SearchHit]:
    """All that fit, the best first."""
    query = select(datasets.c.name.label("dataset"), datasets.c.definition, dataset_words).join_from(
        datasets, dataset_words
    )
    if names is not None:
        query = query.where(datasets.c.name.in_(names))
    query = _matching(connection, query, "dataset_search", dataset_words.c.dataset_id, DATASET_LEXEMES, of)
    hits = []
    for row in connection.execute(query.limit(_MOST_DATASETS)):
        score, fields = rank(_words(row), of)
        if score:
            hits.append(
                SearchHit(
                    kind="dataset",
                    dataset=row.dataset,
                    id=row.dataset,
                    name=row.dataset,
                    location=None,
                    description=row.definition.get("description", ""),
                    rank=score,
                    matched=tuple(field.value for field in fields),
                )
            )
    return sorted(hits, key=lambda hit: (-hit.rank, hit.name))


def find_data_assets(
    connection: Connection, of: Sequence[Sought], names: Sequence[str] | None, before: int | None, limit: int
) -> list[tuple[int, SearchHit]]:
    """Current ones, the newest first, with their surrogate keys; those older than `before`."""
    its = data_assets.c
    query = (
        select(its.id, its.public_id, its.location, its.long_location, datasets.c.name)
        .join_from(data_assets, datasets)
        .where(its.status.in_([status.value for status in AssetStatus if status.is_current]))
        .limit(limit)
    )
    if names is not None:
        query = query.where(datasets.c.name.in_(names))
    query = _matching(connection, query, "data_asset_search", its.id, LOCATION_LEXEMES, list(_in_locations(of)), before)
    hits = []
    for row in connection.execute(query):
        uri = mappers.location_of(row.location, row.long_location)
        hits.append(
            (
                row.id,
                SearchHit(
                    kind="data_asset",
                    dataset=row.name,
                    id=row.public_id,
                    name=uri.rstrip("/").rpartition("/")[2],
                    location=uri,
                    description="",
                    rank=0.0,
                    matched=("location",),
                ),
            )
        )
    return hits


def _matching(
    connection: Connection,
    query: Select[Any],
    index: str,
    key: Any,
    lexemes: str,
    of: Sequence[Sought],
    before: int | None = None,
) -> Select[Any]:
    """The newest first. Words are letters and digits alone: they cannot end the quotes that they stand in."""
    if connection.dialect.name == "sqlite":
        match = " AND ".join(f'"{each.word}"{"*" if each.is_prefix else ""}' for each in of)
        found = table(index, column("rowid"))
        query = query.join(found, found.c.rowid == key).where(text(f"{index} MATCH :match").bindparams(match=match))
        key = found.c.rowid  # in whose order FTS5 finds: the first page of many reads no more than itself
    else:
        query = query.where(
            literal_column(lexemes).op("@@")(text("CAST(:match AS tsquery)").bindparams(match=_tsquery(of)))
        )
    if before is not None:
        query = query.where(key < before)
    return query.order_by(key.desc())


def _tsquery(of: Sequence[Sought]) -> str:
    return " & ".join(f"'{each.word}'{':*' if each.is_prefix else ''}" for each in of)


def _in_locations(of: Sequence[Sought]) -> Iterator[Sought]:
    """The words as a URI has them: ASCII, the rest percent-encoded."""
    for each in of:
        yield from map(Sought, _ASCII.findall(quote(each.written, errors="replace").lower()))


def _words(row: Any) -> Words:
    return {field: tuple(getattr(row, field.value).split()) for field in Field}
