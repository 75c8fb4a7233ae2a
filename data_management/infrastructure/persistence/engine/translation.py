"""What both databases' errors have in common, and how messages call a catalog."""

from pathlib import Path

from sqlalchemy import URL, Engine
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError

from data_management.errors import Conflict, Unavailable

CatalogPlace = Path | URL
"""A SQLite file, or a Postgres database."""


def name_of(place: Engine | CatalogPlace) -> str:
    """What to call the catalog in messages: its file, or where its database is, without a secret (a URL's query may hold one)."""
    if isinstance(place, Path):
        return str(place)
    url = place.url if isinstance(place, Engine) else place
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    host = url.host or url.query.get("host")
    return URL.create(
        "postgresql",
        username=url.username,
        host=host if isinstance(host, str) else ",".join(host or ()) or None,
        port=url.port,
        database=url.database,
    ).render_as_string()


def catalog_of(context: ExceptionContext) -> str:
    return f"catalog {name_of(context.engine)}" if context.engine else "the catalog"


def translate_common(context: ExceptionContext, said: str) -> None:
    """Raise what has the same meaning on every database; `said` is the database's own words, without values."""
    original = context.original_exception
    if isinstance(context.sqlalchemy_exception, IntegrityError):
        raise Conflict(
            f"{catalog_of(context)}: somebody else stored the same thing first ({said}); read it again and repeat"
        ) from original


def another_schema(context: ExceptionContext, said: str) -> Unavailable:
    return Unavailable(
        f"{catalog_of(context)} has another schema than this version expects ({said}); run `data-management db upgrade`"
    )
