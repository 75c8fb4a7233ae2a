"""The OpenAPI 3.1 document: what FastAPI makes of the routes, with the problems and permissions that it does not know of."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from data_management.presentation.api.access import OPEN_PATHS, Allowed
from data_management.presentation.api.problems import MEDIA_TYPE, Problem

_DESCRIPTION: Final = """A data catalog with data quality. Errors are problems as RFC 9457 has them. Lists come in pages: `next` of one is
the `cursor` of the following. Changes are conditional (`ETag`, `If-Match`), and a POST under an `Idempotency-Key` may be sent again."""
_PROBLEMS: Final = {
    "400": "What was sent is no HTTP request that makes sense.",
    "401": "Nobody knows who asks.",
    "403": "Who asks may not do this.",
    "404": "It is not in the catalog.",
    "405": "This path does not take that method.",
    "408": "The body took too long.",
    "409": "It cannot be, as things stand.",
    "410": "It was there, and is pruned.",
    "412": "Another version stands by now.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not taken.",
    "422": "The request is not valid.",
    "428": "If-Match is missing.",
    "429": "Too many wrong keys.",
    "503": "A component does not work.",
}
_ETAG: Final = {"ETag": {"description": "Of the whole answer.", "schema": {"type": "string"}}}
_NOT_MODIFIED: Final = {"description": "It is what you have read.", "headers": _ETAG}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have read: it is not sent again while it is the same.",
    "schema": {"type": "string", "examples": ['"7-9f86d081884c7d65"']},
}
_MAKE_TOO: Final = frozenset({"putDataset"})
"""Those that If-None-Match lets make what is not there."""
_OF_OPEN: Final[tuple[str, ...]] = ("405", "413", "503")
_OF_ALL: Final[tuple[str, ...]] = ("400", "401", "403", "404", "405", "410", "413", "422", "429", "503")
_OF_WRITES: Final[tuple[str, ...]] = (*_OF_ALL, "408", "409", "412", "415", "428")


def include(api: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Include the routers, let `api.state.methods_of` tell which methods a path takes, and make `api.openapi()` the whole document.

    A route that is neither open nor asks for a permission is a defect: `AssertionError`.
    """
    permissions = dict(_permissions(routers))
    for router in routers:
        api.include_router(router)
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    replied = {
        route.operation_id for route in routes if route.response_model is not None and route.path not in OPEN_PATHS
    }
    api.state.methods_of = lambda path: sorted(
        {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    )

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _document(api, permissions, replied)
        return api.openapi_schema

    api.openapi = openapi  # type: ignore[method-assign] # as FastAPI's documentation has it


def _permissions(routers: Sequence[APIRouter]) -> Iterator[tuple[str, Allowed]]:
    """By operation id."""
    for route in (route for router in routers for route in router.routes):
        assert isinstance(route, APIRoute), f"{route} is no route of an API"
        allowed = next(_allowed(route.dependant), None)
        assert (allowed is None) == (route.path in OPEN_PATHS), f"{route.path} asks for no permission"
        if allowed is not None:
            assert route.operation_id is not None
            yield route.operation_id, allowed


def _allowed(dependant: Dependant) -> Iterator[Allowed]:
    for each in dependant.dependencies:
        if isinstance(each.call, Allowed):
            yield each.call
        yield from _allowed(each)


def _document(api: FastAPI, permissions: dict[str, Allowed], replied: Collection[str | None]) -> dict[str, Any]:
    """`replied` are the operations that answer with an ETag, by their ids."""
    from importlib.metadata import version

    document = get_openapi(
        title="data_management",
        version=version("data-management"),
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        routes=api.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    made = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= made.pop("$defs", {})
    schemas["Problem"] = made
    components["responses"] = {f"Problem{status}": _problem(text) for status, text in _PROBLEMS.items()}
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the catalog, `dmk_…`, or a token of the issuer.",
        }
    }
    for path, method, operation in _operations(document):
        responses = operation["responses"]
        responses.pop("422", None)
        statuses = _OF_OPEN if path in OPEN_PATHS else _OF_ALL if method == "get" else _OF_WRITES
        responses |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}
        if method == "get" and operation["operationId"] in replied:
            responses["304"] = _NOT_MODIFIED
            responses["200"]["headers"] = _ETAG
            operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "If-Match" and operation["operationId"] not in _MAKE_TOO:
                parameter["required"] = True  # a 428 says so, which validation would not
        allowed = permissions.get(operation["operationId"])
        operation["security"] = [{"key": []}] if allowed else []
        if allowed:
            operation["x-permission"] = allowed.permission.value
            operation["x-everywhere"] = allowed.everywhere
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _problem(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
