"""A key for some datasets changes those alone, whatever it sends."""

from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.api.test_writing import YAML, plain

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
