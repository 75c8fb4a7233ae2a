"""A key for some datasets changes those alone, whatever it sends."""

from typing import Any

from data_management.application.commands import RecordArrivalsCommand, RecordRemovalsCommand
from data_management.application.ports import FoundFile
from data_management.application.services import Application
from data_management.domain.models import DataLocation, VersionToken
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.api.test_writing import YAML, plain
from data_management_tests.integration.pipeline.project import CONTRACT

OBJECT = "  - name: {name}\n    id: o-1"


def declared(name: str) -> str:
    """A schema object with a stable id, by whatever name."""
    return plain(name).replace(f"  - name: {name}", OBJECT.format(name=name))


def test_no_contract_takes_another_dataset_over(server: Server) -> None:
    with server.client("admin") as admin, server.client("editor", "mine") as editor:
        admin.post("/v1/datasets", content=declared("secret"), headers=YAML)
        before = admin.get("/v1/datasets/secret").headers["etag"]
        new = YAML | {"If-None-Match": "*"}
        refused = editor.put("/v1/datasets/mine", content=declared("mine"), headers=new)
        assert (refused.status_code, "another name" in refused.json()["detail"]) == (409, True)
        assert "secret" not in refused.text
        assert editor.post("/v1/datasets", content=declared("mine"), headers=YAML).status_code == 409
        made = editor.put("/v1/datasets/mine", content=plain("mine"), headers=new)
        claim = YAML | {"If-Match": made.headers["etag"]}
        assert editor.put("/v1/datasets/mine", content=declared("mine"), headers=claim).status_code == 409
        assert admin.get("/v1/datasets/secret").headers["etag"] == before
        assert admin.put("/v1/datasets/third", content=declared("third"), headers=new).status_code == 409
        assert {each["name"] for each in admin.get("/v1/datasets").json()["items"]} >= {"secret", "mine"}


def shared(app: Application, uri: str) -> DataLocation:
    """A file that two datasets have."""
    location = DataLocation(uri)
    for dataset in ("orders", "returns"):
        app.run(RecordArrivalsCommand(dataset, (FoundFile(location, VersionToken("v1"), 1, app.clock()),)))
    return location


def items(client: Any, **asked: str) -> list[Any]:
    found: list[Any] = client.get("/v1/data-assets", params=asked).json()["items"]
    return found


def test_a_file_is_erased_by_who_may_erase_it_in_every_dataset_that_had_it(server: Server) -> None:
    uri = shared(server.app, "file:///shared/a.csv").uri
    with server.client("admin") as admin, server.client("admin", "returns") as scoped:
        (asset,) = items(scoped, dataset="returns", status="arrived")
        url = f"/v1/data-assets/{asset['id']}"
        tag = {"If-Match": scoped.get(url).headers["etag"]}
        refused = scoped.delete(url, headers=tag)
        assert (refused.status_code, "orders" in refused.text) == (403, False)
        assert {each["status"] for each in items(admin, location=uri, all="true")} == {"arrived"}
        both = {f"data_asset/{each['id']}" for each in items(admin, location=uri, all="true")}
        assert admin.delete(url, headers=tag).json()["newly"] == 2
        told = admin.get("/v1/audit", params={"action": "data_asset.erase"}).json()["items"]
        assert {each["subject"] for each in told} == both
        assert {each["after"]["dataset"] for each in told if "dataset" in each["after"]} == set()
        assert {each["after"]["erased"] for each in told} == {True}


def test_a_file_that_two_datasets_have_is_found_in_each(server: Server) -> None:
    uri = shared(server.app, "file:///shared/b.csv").uri

    def found(client: Any, **asked: str) -> list[str]:
        return sorted(each["dataset"] for each in items(client, location=uri, **asked))

    with server.client("reader") as client:
        assert found(client) == ["orders", "returns"]
        assert [found(client, dataset=name) for name in ("orders", "returns")] == [["orders"], ["returns"]]
        assert [found(client, status=status) for status in ("arrived", "accepted")] == [["orders", "returns"], []]
    for name in ("orders", "returns"):
        with server.client("reader", name) as client:
            assert found(client) == [name]
    server.app.run(RecordRemovalsCommand("orders", (DataLocation(uri),)))
    with server.client("reader") as client:
        assert found(client) == ["returns"]
        assert found(client, all="true") == ["orders", "returns"]


def test_who_may_not_place_a_landing_does_not_take_it_away(server: Server) -> None:
    landed = CONTRACT.format(name="orders")
    without = landed.replace("servers:", "customProperties: []").replace(
        next(line for line in landed.splitlines() if "server: landing" in line), ""
    )
    with server.client("admin") as admin, server.client("editor") as editor:

        def put(client: Any, contract: str) -> int:
            tag = {"If-Match": admin.get("/v1/datasets/orders").headers["etag"]}
            status: int = client.put("/v1/datasets/orders", content=contract, headers=YAML | tag).status_code
            return status

        assert [put(editor, without), put(editor, landed), put(admin, without)] == [403, 200, 200]
        assert admin.get("/v1/datasets/orders").json()["landing"] is None
        assert [put(editor, without), put(editor, landed), put(admin, landed)] == [200, 403, 200]
