"""From what people give to a client."""

from pathlib import Path
from typing import Final

from data_management.errors import InvalidInput
from data_management.infrastructure.clients.client import CatalogClient

_PAGE: Final = 500
_MOST: Final = 4096
"""Bytes; no key or token of an issuer is longer by much."""


def open_client(url: str, key: str | None, key_file: Path | None, *, hurried: bool = False) -> CatalogClient:
    """A client for the command line; a `key` goes before its file. `hurried`: who waits for it is typing."""
    shown = key if key is not None else _key_in(key_file) if key_file is not None else ""
    if not shown.strip():
        raise InvalidInput(
            "a catalog that is served elsewhere wants a key: set DATA_MANAGEMENT_API_KEY, or name the file that holds it with --api-key-file"
        )
    if hurried:
        return CatalogClient(url, shown.strip(), page=_PAGE, tries=1, timeout_seconds=1.0)
    return CatalogClient(url, shown.strip(), page=_PAGE)


def _key_in(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST).decode("ascii")
    except OSError as error:
        raise InvalidInput(
            f"the file of the key, {file}, cannot be read: {error.strerror}; name another with --api-key-file"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the file of the key, {file}, holds what no key holds; it should hold the key alone"
        ) from error
