"""Responses, and the conditions of requests: ETag, If-Match, If-None-Match, Idempotency-Key."""

import hashlib
import re
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Header, Request, Response
from pydantic import BaseModel
from starlette.datastructures import Headers

from data_management.presentation.api.problems import RequestProblem

_TAG: Final = re.compile(r'"([0-9]{1,18})(?:-[0-9a-f]{16})?"', re.ASCII)
_MOST_TAGS: Final = 20

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you read: the change is made only where nothing else was meanwhile.",
        examples=['"7-9f86d081884c7d65"'],
        max_length=1000,
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match", description="`*`: make it only where there is none.", examples=["*"], max_length=1000
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Within a day the same request under the same key is done once.",
        examples=["6f2d8a3c-9e51-4b70-8f0e-2d1c7b5a9e64"],
        min_length=1,
        max_length=200,
        pattern="^[ -~]+$",
    ),
]


def reply(
    request: Request,
    body: BaseModel,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    version: int | None = None,
    location: str | None = None,
    replayed: bool = False,
) -> Response:
    """`body` as JSON with its ETag: what changes on it in `version`, which If-Match compares, then a digest of all of it."""
    content = body.model_dump_json().encode("utf-8", "backslashreplace")
    digest = hashlib.sha256(content).hexdigest()[:16]
    headers = {"ETag": f'"{digest}"' if version is None else f'"{version}-{digest}"', "Vary": "Authorization"}
    if location is not None:
        headers["Location"] = location
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if request.method == "GET" and headers["ETag"] in _listed(request.headers.get("if-none-match")):
        return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=headers)
    return Response(content, int(status), headers, "application/json")


def version_of(if_match: str | None) -> int:
    """The version that the caller read; no version is 0, which would say "there is none"."""
    return position_of(if_match) or -1


def position_of(if_match: str | None) -> int:
    """The version or position that the caller read; a 428 where it does not say, a 412 where it is none of ours."""
    if if_match is None:
        raise RequestProblem(
            HTTPStatus.PRECONDITION_REQUIRED,
            "say which version you change: send the header If-Match with the ETag of what you read",
        )
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise RequestProblem(
            HTTPStatus.PRECONDITION_FAILED,
            "If-Match is not the ETag of a version; send the one that came with what you read, in its quotes",
        )
    return int(found[1])


def version_or_none(if_match: str | None, if_none_match: str | None) -> int:
    """The same, or 0 for "there is none" where If-None-Match is ``*``."""
    if if_none_match is not None:
        if if_none_match.strip() != "*" or if_match is not None:
            raise RequestProblem(
                HTTPStatus.UNPROCESSABLE_ENTITY, "send If-None-Match: * to make it, or If-Match to change it; not both"
            )
        return 0
    return version_of(if_match)


def fingerprint(request: Request, body: bytes) -> str:
    """What tells two requests under one Idempotency-Key apart."""
    told = Headers(scope=request.scope)
    parts = (
        request.method.encode(),
        request.scope.get("raw_path", b""),
        request.scope.get("query_string", b""),
        told.get("if-match", "").encode("latin-1"),
        body,
    )
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _listed(tags: str | None) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in (tags or "").split(",")[:_MOST_TAGS]]
