"""Our own client, over real HTTP and over faults."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from data_management.errors import Denied, InvalidInput, NotFound, Stale, Throttled, Unauthenticated, Unavailable
from data_management.infrastructure.clients import CatalogClient, documents
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.api.test_writing import plain
from data_management_tests.integration.pipeline.project import Project


def client(server: Server, role: str = "admin", **options: Any) -> CatalogClient:
    return CatalogClient(server.url, server.key(role), **options)


def test_the_client_reads_and_changes_a_catalog(server: Server, project: Project) -> None:
    with client(server, page=2) as catalog:
        assert [each.name for each in catalog.datasets()] == ["orders", "returns"]
        orders = catalog.dataset("orders").document
        assert (orders.files.accepted, orders.totals[0].failed) == (2, 1)
        assert [point.files.accepted for point in catalog.scores("orders")] == [2, 1]
        first = list(catalog.scores("orders"))[-1]
        difference = catalog.score_difference("orders", first.at)
        assert difference.later.files.accepted == 2
        assert sum(each.points for each in difference.contributions) == pytest.approx(difference.difference)
        assert catalog.profile("orders").rows == 20
        assert catalog.classifications("orders") == ()
        assets = list(catalog.data_assets("orders"))
        assert [each.status for each in assets] == ["accepted", "quarantined", "accepted"]
        assert next(catalog.data_assets(statuses=["quarantined"])).id == assets[1].id
        assert catalog.data_asset_at(assets[1].location).id == assets[1].id
        assert next(catalog.validations(assets[1].id)).checks[0].unexpected == 1
        assert [each.asset for each in catalog.failures("orders", orders.totals[0].rule)] == [assets[1]]
        assert [each.name for each in catalog.search("bad")] == ["bad.csv", "bad.csv"]
        events = list(catalog.events())
        assert [each.position for each in events] == list(range(1, len(events) + 1))
        assert [each.name for each in catalog.register(plain())] == ["plain"]
        made = catalog.dataset("plain")
        changed = catalog.put_dataset("plain", plain(description="second"), made.etag)
        with pytest.raises(Stale):
            catalog.put_dataset("plain", plain(), made.etag)
        assert catalog.retire("plain", changed.etag).document.retired_at is not None
        assert next(catalog.audit(subject="dataset/plain")).action == "dataset.retire"
        Path(httpx.URL(assets[1].location).path).unlink()
        assert catalog.erase(assets[1].id, catalog.data_asset(assets[1].id).etag).newly == 1


def test_errors_are_those_of_the_catalog(shared: Server) -> None:
    with client(shared, "reader") as catalog:
        with pytest.raises(NotFound, match="no dataset 'no/such'"):
            catalog.dataset("no/such")
        with pytest.raises(Denied, match="may not write"):
            catalog.register(plain())
    with client(shared) as catalog, pytest.raises(InvalidInput, match="logicalType"):
        catalog.register(plain().replace("integer", "int"))
    with CatalogClient(shared.url, f"dmk_{'0' * 16}_{'x' * 43}") as catalog, pytest.raises(Unauthenticated):
        catalog.dataset("orders")


def over(*answers: httpx.Response | Exception) -> tuple[CatalogClient, list[httpx.Request]]:
    """A client of a server that answers so, one after another."""
    asked: list[httpx.Request] = []
    left = list(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx.MockTransport(handle)
    return CatalogClient("http://catalog", "k", transport=transport, sleep=lambda _: None), asked


PROBLEM = {"Content-Type": "application/problem+json"}
BUSY = httpx.Response(503, json={"detail": "busy"}, headers=PROBLEM)
EMPTY = httpx.Response(200, json={"items": [], "next": None})


@pytest.mark.parametrize("trouble", [BUSY, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_what_may_be_done_twice_is_tried_again(trouble: httpx.Response | Exception) -> None:
    catalog, asked = over(trouble, trouble, EMPTY)
    assert list(catalog.datasets()) == []
    assert len(asked) == 3
    catalog, asked = over(trouble, httpx.Response(201, json={"items": []}))
    catalog.register("x")
    assert len({request.headers["idempotency-key"] for request in asked}) == 1
    assert len(asked) == 2


@pytest.mark.parametrize(
    "act", [lambda c: c.put_dataset("a", "x", '"1"'), lambda c: c.erase("a", '"1"')], ids=["put", "erase"]
)
def test_a_change_under_a_tag_is_tried_once(act: Callable[[CatalogClient], object]) -> None:
    catalog, asked = over(BUSY)
    with pytest.raises(Unavailable, match="busy"):
        act(catalog)
    assert len(asked) == 1


def test_what_is_no_catalog_is_said_to_be_none() -> None:
    catalog, _ = over(httpx.Response(404, text="<html>"))
    with pytest.raises(Unavailable, match="is the URL right"):
        catalog.dataset("a")
    catalog, _ = over(httpx.Response(200, json={"name": 1}))
    with pytest.raises(Unavailable, match="use the same version"):
        catalog.dataset("a")
    catalog, _ = over(httpx.Response(429, json={"detail": "wait"}, headers=PROBLEM | {"Retry-After": "60"}))
    with pytest.raises(Throttled):
        catalog.dataset("a")
    with pytest.raises(InvalidInput, match="is no URL"):
        CatalogClient("catalog:8000", "k")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"things": []}),
        httpx.Response(404, json={"detail": "Not Found"}),
        httpx.Response(302, headers={"Location": "https://login.example.com"}),
    ],
)
def test_another_server_is_no_catalog_whatever_it_answers(answer: httpx.Response) -> None:
    catalog, _ = over(answer)
    with pytest.raises(Unavailable, match="not as a catalog does"):
        list(catalog.datasets())


@pytest.mark.parametrize(
    "url", ["https://me:geheim@catalog", "https://catalog?key=geheim", "http://catalog:geheim", "ftp://x"]
)
def test_a_wrong_url_is_refused_and_no_secret_of_it_quoted(url: str) -> None:
    with pytest.raises(InvalidInput, match="write for instance https://") as error:
        CatalogClient(url, "k")
    assert "geheim" not in str(error.value)


def test_pages_are_fetched_as_they_are_needed() -> None:
    point = {
        "kind": "dataset",
        "id": "a",
        "dataset": "a",
        "name": "a",
        "location": None,
        "description": "",
        "matched": [],
    }
    catalog, asked = over(httpx.Response(200, json={"items": [point], "next": "x"}))
    assert next(catalog.search("a")).id == "a"
    assert len(asked) == 1


def test_the_client_knows_what_the_api_documents(sqlite_shared: Server) -> None:
    schemas = sqlite_shared.api.openapi()["components"]["schemas"]
    pairs = {
        "ScoreDto": documents.Score,
        "CountsDto": documents.Counts,
        "ScorePointDto": documents.ScorePoint,
        "ScoreDifferenceDto": documents.ScoreDifference,
        "ContributionDto": documents.Contribution,
        "DatasetDto": documents.Dataset,
        "DatasetDetailDto": documents.DatasetDetail,
        "RuleDto": documents.RuleTotals,
        "ColumnDto": documents.Column,
        "ColumnProfileDto": documents.ColumnFigures,
        "DatasetColumnDto": documents.DatasetColumnFigures,
        "DatasetProfileDto": documents.DatasetProfile,
        "ValueCountDto": documents.Counted,
        "ClassificationDto": documents.Classified,
        "NoteDto": documents.Note,
        "AssetDto": documents.DataAsset,
        "AssetContentDto": documents.DataAssetContent,
        "CheckDto": documents.Checked,
        "FailureDto": documents.Failure,
        "ValidationDto": documents.Validation,
        "ErasedDto": documents.Erased,
        "SearchHitDto": documents.Found,
        "CloudEventDto": documents.Event,
        "EventPageDto": documents.EventPage,
        "PlanDto": documents.Plan,
        "PlannedRuleDto": documents.PlannedRule,
        "FileDto": documents.File,
        "FileChangesDto": documents.FileChanges,
        "ConsumerDto": documents.Consumer,
        "AuditRecordDto": documents.AuditRecord,
    }
    known = {cls for _, cls in inspect.getmembers(documents, inspect.isclass) if issubclass(cls, documents.Document)}
    assert known - {documents.Document} == set(pairs.values())
    for name, kind in pairs.items():
        assert set(schemas[name]["properties"]) == set(kind.model_fields), name
        for field, about in kind.model_fields.items():
            told = schemas[name]["properties"][field]
            may_be_null = {"type": "null"} in told.get("anyOf", []) or told.keys() == {"title"}
            takes_null = type(None) in get_args(about.annotation) or about.annotation is Any
            assert takes_null or not may_be_null, f"{name}.{field}"
