"""From values to HTML: everything is escaped, and what would act on a page without being seen is shown."""

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from data_management.domain.models import Threshold, score_in_words
from data_management.presentation.pages import links

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer the browser would not say whose form it sends
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATIC: Final = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}

_KEPT: Final = frozenset("\n\t\u200c\u200d")
"""Line breaks, and what joins letters and emoji."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KILO: Final = 1024


def visible(value: object) -> object:
    r"""A text whose control characters, marks of direction and lone surrogates show as ``\u202e``; anything else as it is."""
    if not isinstance(value, str) or hasattr(value, "__html__") or (value.isascii() and value.isprintable()):
        return value
    return "".join(_escape(each) if _is_unseen(each) else each for each in value)


def _is_unseen(character: str) -> bool:
    return character not in _KEPT and unicodedata.category(character) in _UNSEEN


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def threshold(fields: Mapping[str, Any]) -> str:
    """As a contract says it."""
    return Threshold(**fields).in_words


@cache
def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("data_management.presentation.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": number,
        "figure": figure,
        "points": points,
        "share": share,
        "size": size,
        "moment": moment,
        "iso": iso,
        "place": links.place,
        "threshold": threshold,
    }
    made.globals |= {"links": links, "static": static_address}
    return made


def render(template: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(values)


def html(text: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, int(status), HEADERS | dict(headers or {}), "text/html; charset=utf-8")


@cache
def static(name: str) -> bytes:
    return files("data_management.presentation.pages").joinpath("static", name).read_bytes()


@cache
def static_address(name: str) -> str:
    """Another one for other content, so that browsers may keep it."""
    return links.page("static", name, v=hashlib.sha256(static(name)).hexdigest()[:12])


def number(value: float | None) -> str:
    """A count, its thousands apart."""
    return "–" if value is None else f"{value:,}"


def figure(value: object) -> str:
    """A score or another figure; a text as it is."""
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def points(value: float | None) -> str:
    """A score."""
    return "–" if value is None else score_in_words(value)


def share(part: float | None, whole: float | None) -> str:
    """The percentage, which is 0 % or 100 % of nothing else."""
    if part is None or not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:  # noqa: PLR2004
        return "< 0.1 %"
    return "> 99.9 %" if 99.9 < percent < 100 else f"{percent:.1f} %"  # noqa: PLR2004


def size(count: int | None) -> str:
    if count is None:
        return "–"
    scaled, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if scaled < _KILO:
            break
        scaled, unit = scaled / _KILO, larger
    return f"{scaled:,.0f} {unit}" if unit == "bytes" else f"{scaled:,.1f} {unit}"


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
