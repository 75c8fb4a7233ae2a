"""What editors and admins change, over real HTTP, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor

from data_management_tests.end_to_end.api.server import Server
from data_management_tests.integration.pipeline.project import CONTRACT, Project

YAML = {"Content-Type": "application/yaml"}
PLAIN = """
apiVersion: v3.1.0
kind: DataContract
id: plain
version: 1.0.0
status: active
schema:
  - name: {name}
    description: {description}
    properties:
      - {{name: id, logicalType: integer, required: true}}
"""


def plain(name: str = "plain", description: str = "first") -> str:
    return PLAIN.format(name=name, description=description)


def test_a_contract_registers_a_dataset_once_and_again_under_its_key(shared: Server) -> None:
    with shared.client("editor") as client:
        headers = YAML | {"Idempotency-Key": "k-1"}
        made = client.post("/v1/datasets", content=plain("once"), headers=headers)
        again = client.post("/v1/datasets", content=plain("once"), headers=headers)
        assert (made.status_code, again.status_code) == (201, 201)
        assert made.headers["location"] == "/v1/datasets/once"
        assert again.json() == made.json()
        assert "idempotent-replayed" not in made.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert client.post("/v1/datasets", content=plain("other"), headers=headers).status_code == 422
        assert client.post("/v1/datasets", content=plain("once"), headers=YAML).status_code == 412
        assert client.get("/v1/datasets/once").json()["rules"] == 2
    with shared.client("admin") as client:
        records = client.get("/v1/audit", params={"subject": "dataset/once"}).json()["items"]
        assert [(each["action"], each["before"], each["after"]["description"]) for each in records] == [
            ("dataset.register", None, "first")
        ]


def test_a_change_needs_the_version_that_it_changes(shared: Server) -> None:
    with shared.client("editor") as client:
        put = lambda headers, text: client.put("/v1/datasets/twice", content=text, headers=YAML | headers)  # noqa: E731
        assert put({}, plain("twice")).status_code == 428
        made = put({"If-None-Match": "*"}, plain("twice"))
        assert made.status_code == 201
        changed = put({"If-Match": made.headers["etag"]}, plain("twice", description="second"))
        assert changed.status_code == 200
        assert changed.json()["description"] == "second"
        stale = put({"If-Match": made.headers["etag"]}, plain("twice", description="third"))
        assert (stale.status_code, stale.json()["title"]) == (412, "Precondition Failed")
        assert put({"If-None-Match": "*"}, plain("twice")).status_code == 412
        assert put({"If-Match": '"99"'}, plain("twice")).status_code == 412
        assert put({"If-Match": "nonsense"}, plain("twice")).status_code == 412
        assert client.get("/v1/datasets/twice").json()["description"] == "second"
        assert (
            client.put("/v1/datasets/gone", content=plain("gone"), headers=YAML | {"If-Match": '"1"'}).status_code
            == 404
        )


def test_a_dataset_is_retired_and_comes_back(server: Server) -> None:
    with server.client("admin") as client:
        etag = client.get("/v1/datasets/orders").headers["etag"]
        assert client.post("/v1/datasets/orders/retire").status_code == 428
        retired = client.post("/v1/datasets/orders/retire", headers={"If-Match": etag})
        assert retired.json()["retired_at"] is not None
        assert client.post("/v1/datasets/orders/retire", headers={"If-Match": etag}).status_code == 412
        assert [each["name"] for each in client.get("/v1/datasets?retired=true").json()["items"]] == ["orders"]
        back = client.put(
            "/v1/datasets/orders",
            content=CONTRACT.format(name="orders"),
            headers=YAML | {"If-Match": retired.headers["etag"]},
        )
        assert (back.status_code, back.json()["retired_at"]) == (200, None)


def test_a_broken_contract_says_what_is_wrong_and_where(shared: Server) -> None:
    with shared.client("editor") as client:
        answer = client.post("/v1/datasets", content=plain().replace("integer", "int"), headers=YAML)
        assert answer.status_code == 422
        assert [(fault["place"], fault["line"]) for fault in answer.json()["faults"]] == [
            ("schema[0].properties[0].logicalType", 11)
        ]
        assert client.post("/v1/datasets", content="{", headers=YAML).status_code == 422
        assert client.post("/v1/datasets", content=b"\xff", headers=YAML).status_code == 422
        assert client.post("/v1/datasets", content=plain(), headers={"Content-Type": "text/plain"}).status_code == 415


def test_only_an_admin_says_where_files_land(server: Server) -> None:
    new = CONTRACT.format(name="fresh")
    with server.client("editor") as client:
        etag = client.get("/v1/datasets/orders").headers["etag"]
        refused = client.post("/v1/datasets", content=new, headers=YAML)
        assert (refused.status_code, "place landings" in refused.json()["detail"]) == (403, True)
        elsewhere = CONTRACT.format(name="orders").replace("../landing", "/etc")
        headers = YAML | {"If-Match": etag}
        assert client.put("/v1/datasets/orders", content=elsewhere, headers=headers).status_code == 403
        described = CONTRACT.format(name="orders").replace("- name: orders", "- name: orders\n    description: mine")
        assert client.put("/v1/datasets/orders", content=described, headers=headers).status_code == 200
    with server.client("admin") as client:
        assert client.post("/v1/datasets", content=new, headers=YAML).status_code == 201


def test_a_file_that_landed_is_registered_once(server: Server, project: Project) -> None:
    path = project.drop("3.csv")
    body = {"dataset": "orders", "location": path.as_uri()}
    with server.client("editor") as client:
        early = client.post("/v1/data-assets", json=body)
        assert early.status_code == 409
        time.sleep(2.1)
        made, again = (client.post("/v1/data-assets", json=body) for _ in range(2))
        assert (made.status_code, made.json()["status"]) == (201, "arrived")
        assert again.json() == made.json()
        for name in ("%33.csv", "3%2Ecsv"):  # as others spell it
            spelled = client.post("/v1/data-assets", json=body | {"location": path.parent.as_uri() + "/" + name})
            assert (spelled.status_code, spelled.json()["id"]) == (201, made.json()["id"])
        for location in ("file:///etc/passwd", path.as_uri() + "/../../../x.csv", "http://h/x", "nonsense"):
            assert client.post("/v1/data-assets", json=body | {"location": location}).status_code == 422
        gone = path.with_name("4.csv").as_uri()
        assert client.post("/v1/data-assets", json=body | {"location": gone}).status_code == 404


def test_erasing_leaves_a_tombstone(server: Server, project: Project) -> None:
    path = project.home / "landing" / "orders" / "bad.csv"
    with server.client("admin") as client:
        asset = client.get("/v1/data-assets", params={"location": path.as_uri()}).json()["items"][0]
        url = f"/v1/data-assets/{asset['id']}"
        etag = client.get(url).headers["etag"]
        assert client.delete(url).status_code == 428
        assert client.delete(url, headers={"If-Match": etag}).status_code == 422  # the file still stands
        path.unlink()
        assert client.delete(url, headers={"If-Match": '"1"'}).status_code == 412
        erased = client.delete(url, params={"with_name": True}, headers={"If-Match": etag})
        assert (erased.status_code, erased.json()["newly"]) == (200, 1)
        shown = client.get(url).json()
        assert (shown["status"], shown["profile"], "bad.csv" in shown["location"]) == ("removed", [], False)
        assert client.get("/v1/datasets/orders").json()["files"]["quarantined"] == 0
        told = client.get("/v1/audit", params={"action": "data_asset.erase"}).text
        assert asset["id"] in told
        assert "bad.csv" not in told


def test_of_many_who_change_the_same_version_one_succeeds(shared: Server) -> None:
    with shared.client("editor") as client, ThreadPoolExecutor(8) as pool:
        etag = client.put("/v1/datasets/raced", content=plain("raced"), headers=YAML | {"If-None-Match": "*"}).headers[
            "etag"
        ]

        def change(number: int) -> int:
            headers = YAML | {"If-Match": etag}
            return client.put(
                "/v1/datasets/raced", content=plain("raced", description=f"d{number}"), headers=headers
            ).status_code

        assert sorted(pool.map(change, range(16))) == [200] + [412] * 15
