"""Addresses of pages. Names are data: whatever they hold, a link leads to what it names."""

from typing import Final
from urllib.parse import quote, unquote, urlencode

from data_management.presentation.api.paths import name_of

ROOT: Final = "/ui"
_UNSAFE: Final = (".", "..")
"""Segments that browsers resolve, also where they are percent-encoded."""


def segment(name: str) -> str:
    """A name as one segment of a path. A tilde stands before what browsers would take for something else, and before a tilde."""
    told_apart = f"~{name}" if name in _UNSAFE or name.startswith("~") else name
    return quote(told_apart, safe="", errors="surrogatepass")


def name_in(segment: str) -> str:
    """The name in a segment, as the router gives it."""
    return name_of(segment).removeprefix("~")


def page(*segments: str, **asked: object) -> str:
    """The address of a page; what is None is not asked."""
    wanted = [(name, value) for name, value in asked.items() if value is not None]
    query = f"?{urlencode(wanted, errors='surrogatepass')}" if wanted else ""
    return f"{ROOT}/{'/'.join(map(segment, segments))}{query}"


def dataset(name: str, *below: str, **asked: object) -> str:
    return page("datasets", name, *below, **asked)


def data_asset(asset_id: str, **asked: object) -> str:
    return page("data-assets", asset_id, **asked)


def subject(text: str) -> str | None:
    """What an event's subject is shown on."""
    kind, _, name = text.partition("/")
    if not name or kind not in ("dataset", "data_asset"):
        return None
    return dataset(name) if kind == "dataset" else data_asset(name)


def place(location: str, landing: str | None = None) -> str:
    r"""A data asset's URI for people: its characters as they are, without the folder where all of its dataset lands.

    Bytes that are not UTF-8 show as ``\xNN``.
    """
    folder = f"{landing.partition('*')[0].rpartition('/')[0]}/" if landing else ""
    return unquote(location.removeprefix(folder), errors="backslashreplace")


def own(address: str) -> str:
    """`address` where it is one of our pages, else the first page."""
    return address if address.startswith(f"{ROOT}/") and address.isascii() and address.isprintable() else f"{ROOT}/"
