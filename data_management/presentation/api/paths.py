"""Paths whose segments may hold any name: a slash within a name is not one between two."""

import re
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Path
from pydantic import AfterValidator
from starlette.types import ASGIApp, Receive, Scope, Send

_KEPT = re.compile("%2f|%25", re.IGNORECASE)


def routed(raw_path: bytes) -> str:
    """A path as the router shall see it: decoded, but for ``%2F`` and ``%25``."""
    text = raw_path.decode("ascii", "replace")
    return "".join(
        each.upper() if _KEPT.fullmatch(each) else _decoded(each)
        for each in re.split("(%2f|%25)", text, flags=re.IGNORECASE)
    )


def _decoded(text: str) -> str:
    """Also of half a surrogate pair, which a name out of YAML may hold."""
    try:
        return unquote(text, errors="surrogatepass")
    except UnicodeDecodeError:
        return unquote(text)


def name_of(segment: str) -> str:
    return segment.replace("%2F", "/").replace("%25", "%")


def segment_of(name: str) -> str:
    """A name as one segment of a path; one of dots alone would be resolved on the way."""
    return quote(name, safe="", errors="surrogatepass") if name.strip(".") else name.replace(".", "%2E")


class NamesInPaths:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("raw_path"):
            scope = {**scope, "path": routed(scope["raw_path"])}
        await self._app(scope, receive, send)


DatasetName = Annotated[
    str,
    AfterValidator(name_of),
    Path(description="The dataset's name; `/` in it is written `%2F`.", examples=["flights"]),
]
RuleName = Annotated[
    str,
    AfterValidator(name_of),
    Path(description="The rule's name; `/` in it is written `%2F`.", examples=["delay.range"]),
]
ConsumerName = Annotated[
    str,
    AfterValidator(name_of),
    Path(max_length=200, description="The consumer's name; `/` in it is written `%2F`.", examples=["delays"]),
]
AssetId = Annotated[
    str,
    AfterValidator(name_of),
    Path(description="The data asset's id.", examples=["0b9f6c1e5a4d4a57b8d2f7a3c1e09d44"]),
]
