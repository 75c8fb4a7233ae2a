from collections.abc import Iterator
from dataclasses import replace

import pytest

from data_management.application.ports import Search
from data_management.application.views import SearchHit
from data_management.domain.models import Column, DataLocation, Verdict
from data_management.errors import InvalidInput
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import (
    CUSTOMERS,
    EXAMINATION,
    ORDERS,
    SCORE,
    arrived,
    dataset_score,
    many,
)

INJECTIONS = [
    "'",
    '"',
    "a' OR 1=1 --",
    '" OR "',
    "x') ; DROP TABLE datasets; --",
    "a:* | b",
    "NEAR(a b)",
    "-a",
    "a^b",
    "%",
    "\x00a",
]


def names(catalog: Catalog, text: str, **options: object) -> list[str]:
    return [hit.name for hit in catalog.reader().search(Search(text, **options)).hits]  # type: ignore[arg-type]


def store(catalog: Catalog, *files: str) -> None:
    with catalog.unit_of_work() as work:
        work.assets.save_all([arrived(file) for file in files])


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "ORD",
        "sales daily",
        "ann example",
        "amount",
        "quoted",
        "unicode",
        "ÜNÏCÖDÉ",
        "landing orders csv quoted",
        "/landing/orders",
    ],
)
def test_a_dataset_is_found_by_its_name_tags_owners_columns_and_description(catalog: Catalog, text: str) -> None:
    assert names(catalog, text, kinds=("dataset",)) == ["orders"]


def test_all_words_must_be_there_and_short_ones_whole(catalog: Catalog) -> None:
    assert names(catalog, "orders customers") == []
    assert names(catalog, "or") == []
    assert names(catalog, "") == names(catalog, "!?") == []


def test_what_fits_better_comes_first(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(CUSTOMERS, name="a_note", description="of sales"))
        work.datasets.save(replace(CUSTOMERS, name="sales_2013"))
        work.datasets.save(replace(CUSTOMERS, name="salesmen"))
    hits = catalog.reader().search(Search("sales")).hits
    assert [(hit.name, hit.matched) for hit in hits] == [
        ("sales_2013", ("name",)),
        ("orders", ("tags",)),
        ("salesmen", ("name",)),
        ("a_note", ("description",)),
    ]


def test_a_changed_dataset_is_found_by_what_it_is_now(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(ORDERS, description="invoices", tags=()))
    assert (names(catalog, "daily"), names(catalog, "invoices")) == ([], ["orders"])
    with catalog.unit_of_work() as work:
        work.datasets.rename("orders", "purchases")
    assert (names(catalog, "purchases"), names(catalog, "invoices")) == (["purchases"], ["purchases"])


def test_a_dataset_is_found_by_the_columns_of_its_files_once_it_is_scored(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(arrived())
        examined = replace(EXAMINATION, columns=(Column("shipping_weight", "DOUBLE"),))
        entry = work.assets.save(entry.registered(examined))
        work.assets.save(entry.scored(SCORE, Verdict.WARN))
    with catalog.unit_of_work() as work:
        from data_management.domain.events import DatasetRegistered

        work.quality.add_score(dataset_score(), [DatasetRegistered("orders", "1")])
    assert names(catalog, "weight", kinds=("dataset",)) == ["orders"]


def test_data_assets_that_stand_are_found_by_their_location_the_newest_first(catalog: Catalog) -> None:
    store(catalog, "jan_1.csv", "jan_2.csv", "caf%C3%A9.csv", "feb.csv")
    assert names(catalog, "jan", kinds=("data_asset",)) == ["jan_2.csv", "jan_1.csv"]
    assert names(catalog, "landing feb") == ["feb.csv"]
    assert names(catalog, "café") == ["caf%C3%A9.csv"]
    with catalog.unit_of_work() as work:
        location = DataLocation("file:///landing/orders/jan_1.csv")
        (entry,) = work.assets.current_at("orders", [location]).values()
        work.assets.save(entry.removed())
    assert names(catalog, "jan") == ["jan_2.csv"]


@pytest.mark.parametrize("many_words", [2, 80])
def test_the_newest_comes_first_whichever_word_begins_so(catalog: Catalog, many_words: int) -> None:
    """However many different words do: of few each is looked for by itself."""
    files = [f"january{number}.csv" for number in range(many_words)]
    store(catalog, "jan_1.csv", files[0], "feb.csv", "JAN.csv", *files[1:], "janitor_2.csv")
    newest = ["janitor_2.csv", *reversed(files[1:]), "JAN.csv", files[0], "jan_1.csv"]
    assert names(catalog, "jan", kinds=("data_asset",)) == newest
    assert names(catalog, "jan csv landing", kinds=("data_asset",)) == newest
    assert names(catalog, "janitors") == names(catalog, "jan mar") == []


def test_an_erased_name_is_found_no_more(catalog: Catalog) -> None:
    store(catalog, "ann_smith.csv")
    with catalog.unit_of_work() as work:
        (entry,) = work.assets.all_at(DataLocation("file:///landing/orders/ann_smith.csv"))
        work.assets.erase(entry.erased("me", catalog.clock(), with_name=True))
    assert names(catalog, "smith") == []


def test_a_search_can_be_of_some_datasets(catalog: Catalog) -> None:
    store(catalog, "a.csv")
    assert names(catalog, "landing", datasets=("customers",)) == []
    assert names(catalog, "landing", datasets=("orders",)) == ["orders", "a.csv"]


def test_pages_of_a_search_cover_all_exactly_once(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        for number in range(5):
            work.datasets.save(replace(ORDERS, name=f"orders_{number}"))
        work.assets.save_all(many(7))

    def pages(limit: int) -> Iterator[tuple[SearchHit, ...]]:
        after = None
        while True:
            page = catalog.reader().search(Search("orders"), after, limit)
            yield page.hits
            after = page.next
            if after is None:
                return

    whole = [hit.name for hit in catalog.reader().search(Search("orders")).hits]
    assert len(whole) == len(set(whole)) == 13
    for limit in (1, 3, 6, 13):
        assert [hit.name for page in pages(limit) for hit in page] == whole


@pytest.mark.parametrize("text", INJECTIONS)
def test_words_are_data(catalog: Catalog, text: str) -> None:
    assert [name for name in names(catalog, text) if name != "orders"] == []
    assert len(catalog.reader().datasets()) == 2


@pytest.mark.parametrize("cursor", ["x", "d!", "a!", "dAAAA", "aAAAA", "a", "d", "\x00"])
def test_a_bad_cursor_of_a_search_is_invalid_input(catalog: Catalog, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        catalog.reader().search(Search("orders"), cursor)
