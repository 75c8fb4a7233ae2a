"""Answers to searches."""

from data_management.application.ports import Search
from data_management.application.views import SearchHit, SearchPage
from data_management.domain.services.searching import sought
from data_management.errors import InvalidInput
from data_management.infrastructure.data_sources.sql.cursors import cursor, id_of, name_cursor, name_of
from data_management.infrastructure.data_sources.sql.readers.base import SQLReader
from data_management.infrastructure.data_sources.sql.search import find_data_assets, find_datasets

_OF_DATASETS, _OF_ASSETS = "d", "a"


class SQLSearchReader(SQLReader):
    def search(self, search: Search, after: str | None = None, limit: int = 100) -> SearchPage:
        of = sought(search.text)
        phase, key = _position(after)
        if not of:
            return SearchPage(())
        hits: list[tuple[str, SearchHit]] = []
        with self._reading() as connection:
            if phase == _OF_DATASETS and "dataset" in search.kinds:
                for hit in find_datasets(connection, of, search.datasets):
                    place = f"{hit.rank!r} {hit.name}"
                    if not key or _is_behind(hit, key):
                        hits.append((_OF_DATASETS + name_cursor(place), hit))
            room = limit + 1 - len(hits)
            if room > 0 and "data_asset" in search.kinds:
                before = id_of(key) if phase == _OF_ASSETS else None
                found = find_data_assets(connection, of, search.datasets, before, room)
                hits += [(_OF_ASSETS + cursor(number), hit) for number, hit in found]
        page = hits[:limit]
        return SearchPage(tuple(hit for _, hit in page), page[-1][0] if len(hits) > limit else None)


def _position(after: str | None) -> tuple[str, str]:
    if after is None:
        return _OF_DATASETS, ""
    phase, key = after[:1], after[1:]
    if phase == _OF_DATASETS and key:
        return phase, name_of(key)
    if phase == _OF_ASSETS:
        id_of(key)
        return phase, key
    raise InvalidInput(f"{after!r} is not a cursor of this catalog; use the `next` of a page")


def _is_behind(hit: SearchHit, key: str) -> bool:
    rank, _, name = key.partition(" ")
    try:
        return (-hit.rank, hit.name) > (-float(rank), name)
    except ValueError as error:
        raise InvalidInput("the cursor is not one of this catalog; use the `next` of a page") from error
