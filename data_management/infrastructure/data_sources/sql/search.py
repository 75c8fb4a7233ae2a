"""Finding datasets and data assets by words: FTS5 on SQLite, GIN indexes over lexemes on Postgres.

The words of datasets are kept in ``dataset_words``, folded by the domain. Data assets are found by their location, whose ASCII the
database itself splits. FTS5 is told of new ones by who stores them, and by triggers of what changes; on Postgres it is an index of an
expression.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import ColumnElement, Connection, Row, Select, column, func, literal_column, select, table, text

from data_management.application.views import SearchHit
from data_management.domain.models import AssetStatus, Column, Dataset
from data_management.domain.services.searching import Field, Sought, Words, rank, words_of_dataset
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import upsert
from data_management.infrastructure.persistence.search import (
    ADD_NEW,
    DATASET_LEXEMES,
    LAST,
    LOCATION_LEXEMES,
    OF_DATASET,
)
from data_management.infrastructure.persistence.tables import data_assets, dataset_words, datasets

_MOST_DATASETS: Final = 10_000
"""How many that fit are ranked."""
_FILES: Final[Select[Any]] = select(
    data_assets.c.id, data_assets.c.public_id, data_assets.c.location, data_assets.c.long_location, datasets.c.name
).join_from(data_assets, datasets)
_ASCII: Final = re.compile(r"[a-z0-9]+")
_MOST_WORDS: Final = 50
"""How many words of locations that begin alike are looked for one by one."""
_LOOKED_AT: Final = 10_000
"""How many of the newest files Postgres looks at before it asks the index."""
_WORDS: Final = """
    WITH RECURSIVE words(word) AS (
        SELECT (SELECT term FROM data_asset_search_words WHERE term >= ?1 LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM data_asset_search_words WHERE term >= words.word || char(0) LIMIT 1)
        FROM words WHERE substr(words.word, 1, length(?1)) = ?1
    )
    SELECT word FROM words WHERE substr(word, 1, length(?1)) = ?1 LIMIT ?2
    """


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


@contextmanager
def indexing(connection: Connection) -> Iterator[None]:
    """Within it data assets are inserted, which a search finds from then on."""
    if connection.dialect.name != "sqlite":
        yield
        return
    last = connection.exec_driver_sql(LAST).scalar_one()
    yield
    connection.exec_driver_sql(ADD_NEW, (last,))


def find_datasets(connection: Connection, of: Sequence[Sought], names: Sequence[str] | None) -> list[SearchHit]:
    """All that fit, the best first."""
    query = select(datasets.c.name.label("dataset"), datasets.c.definition, dataset_words).join_from(
        datasets, dataset_words
    )
    if names is not None:
        query = query.where(datasets.c.name.in_(names))
    if connection.dialect.name == "sqlite":
        query = _in_fts5(query, "dataset_search", dataset_words.c.dataset_id, " AND ".join(map(_fts5, of)))
    else:
        query = _in_gin(query, dataset_words.c.dataset_id, DATASET_LEXEMES, of)
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
    where = [its.status.in_([status.value for status in AssetStatus if status.is_current])]
    dataset_ids = None
    if names is not None:
        dataset_ids = connection.scalars(select(datasets.c.id).where(datasets.c.name.in_(names))).all()
        where.append(its.dataset_id.in_(dataset_ids))
    words = list(_in_locations(of))
    if connection.dialect.name == "sqlite":
        match = " AND ".join([*(_one_of(connection, each) for each in words), *_of_datasets(dataset_ids)])
        query = _in_fts5(_FILES.where(*where), "data_asset_search", its.id, match, before)
        rows = [*connection.execute(query.limit(limit))]
    else:
        rows = _newest(connection, where, words, before, limit)
    hits = []
    for row in rows:
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


def _in_fts5(query: Select[Any], index: str, key: Any, match: str, before: int | None = None) -> Select[Any]:
    """The newest first, in the order of FTS5's own rows, in which it finds: the first page of many reads no more than itself."""
    found = table(index, column("rowid"))
    query = query.join(found, found.c.rowid == key).where(text(f"{index} MATCH :match").bindparams(match=match))
    if before is not None:
        query = query.where(found.c.rowid < before)
    return query.order_by(found.c.rowid.desc())


def _in_gin(query: Select[Any], key: Any, lexemes: str, of: Iterable[Sought]) -> Select[Any]:
    """The newest first."""
    return query.where(_matches(lexemes, of)).order_by(key.desc())


def _newest(
    connection: Connection, where: Sequence[ColumnElement[bool]], of: Sequence[Sought], before: int | None, limit: int
) -> list[Row[Any]]:
    """GIN finds in no order, and how many it will find Postgres does not know: by its guess it reads all files backwards for a word
    that none has. So the newest are looked at one by one, where words that many have are found; then all that GIN finds.
    """
    its = data_assets.c
    top = before if before is not None else (connection.scalar(select(func.max(its.id))) or 0) + 1
    least = top - _LOOKED_AT
    holds = [func.strpos(func.lower(its.location), each.word) > 0 for each in of]  # which tells most apart at once
    fits = _matches(f"({LOCATION_LEXEMES} || CAST('' AS tsvector))", of)  # so that the index is not asked yet
    looked_at = _FILES.where(*where, its.id < top, its.id >= least, *holds, fits)
    rows = [*connection.execute(looked_at.order_by(its.id.desc()).limit(limit))]
    if len(rows) < limit:
        found = select(its.id).where(*where, _matches(LOCATION_LEXEMES, of)).cte("found").prefix_with("MATERIALIZED")
        of_page = select(found.c.id).where(found.c.id < least).order_by(found.c.id.desc()).limit(limit - len(rows))
        page = of_page.subquery("page")
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows += connection.execute(_FILES.join(page, page.c.id == its.id).order_by(its.id.desc()))
    return rows


def _matches(lexemes: str, of: Iterable[Sought]) -> ColumnElement[bool]:
    match = text("CAST(:match AS tsquery)").bindparams(match=" & ".join(map(_tsquery, of)))
    return literal_column(lexemes).op("@@", is_comparison=True)(match)


def _of_datasets(ids: Sequence[int] | None) -> list[str]:
    """So that FTS5 passes over what all others have; which datasets are meant the query says itself."""
    if ids is None or not 0 < len(ids) <= _MOST_WORDS:
        return []
    return [f"({' OR '.join(_quoted(f'{OF_DATASET}{each}') for each in ids)})"]


def _one_of(connection: Connection, of: Sought) -> str:
    """FTS5 gathers and sorts all that a beginning finds before it tells the first; words one by one it reads no further than it is asked."""
    if not of.is_prefix:
        return _fts5(of)
    words = connection.exec_driver_sql(_WORDS, (of.word, _MOST_WORDS + 1)).scalars().all()
    if not words or len(words) > _MOST_WORDS:
        return _fts5(of)
    return f"({' OR '.join(_quoted(word) for word in words)})"


def _fts5(of: Sought) -> str:
    return _quoted(of.word) + ("*" if of.is_prefix else "")


def _quoted(word: str) -> str:
    """What we look for has letters and digits alone; what a location holds may have more."""
    return '"' + word.replace('"', '""') + '"'


def _tsquery(of: Sought) -> str:
    """Words are letters and digits alone: they cannot end the quotes that they stand in."""
    return f"'{of.word}'{':*' if of.is_prefix else ''}"


def _in_locations(of: Sequence[Sought]) -> Iterator[Sought]:
    """The words as a URI has them: ASCII, the rest percent-encoded."""
    for each in of:
        yield from map(Sought, _ASCII.findall(quote(each.written, errors="replace").lower()))


def _words(row: Any) -> Words:
    return {field: tuple(getattr(row, field.value).split()) for field in Field}
