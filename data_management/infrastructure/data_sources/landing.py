"""Which names of a landing count: its glob pattern, and the names that no landing takes. Pure."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import methodcaller
from urllib.parse import unquote_to_bytes

from data_management.application.ports import FoundFile, ListedPage, StandingVersions
from data_management.domain.models import DataLocation, Landing, version_at

_PAGE = 500

TEMPORARY_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~")
_IGNORED = ("/.", "/_", *(f"{ending}/" for ending in TEMPORARY_ENDINGS))


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is hidden, a job's own (``_SUCCESS``, ``_temporary``), or half written."""
    return name.startswith((".", "_")) or name.lower().endswith(TEMPORARY_ENDINGS)


def may_be_ignored(names: Sequence[str]) -> bool:
    """Whether any of these names may be: one look at all, so that most folders need none at each."""
    together = f"/{'/'.join(names)}/".lower()
    return any(sign in together for sign in _IGNORED)


@cache
def pattern_regex(pattern: str) -> re.Pattern[str]:
    """What a whole relative path must match: ``*``, ``?`` and ``[…]`` within one folder, ``**`` across folders.

    ``**/`` also stands for no folder at all. A ``[`` that is never closed is a plain character.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            parts.append("(?:[^/]+/)*")
            at += 3
        elif pattern.startswith("**", at):
            parts.append(".*")
            at += 2
        elif pattern[at] == "*":
            parts.append("[^/]*")
            at += 1
        elif pattern[at] == "?":
            parts.append("[^/]")
            at += 1
        elif pattern[at] == "[" and (end := _class_end(pattern, at)):
            parts.append(_class(pattern[at + 1 : end]))
            at = end + 1
        else:
            parts.append(re.escape(pattern[at]))
            at += 1
    return re.compile("".join(parts), re.DOTALL)


def name_matcher(pattern: str) -> Callable[[str], object]:
    """Tells whether a name without slashes matches; of ``*.csv`` and the like at a fraction of what an expression takes."""
    ending = pattern.removeprefix("*")
    if pattern.startswith("*") and not set("*?[") & set(ending):
        return methodcaller("endswith", ending)
    return pattern_regex(pattern).fullmatch


def lies_in(landing: Landing, location: DataLocation) -> bool:
    """Whether the name of a location is one of the landing's."""
    root = landing.root.uri.rstrip("/") + "/"
    if not location.uri.startswith(root) or location.is_folder != landing.is_of_folders:
        return False
    relative = os.fsdecode(unquote_to_bytes(location.uri.removeprefix(root)))
    segments = relative.rstrip("/").split("/")
    if any(segment in ("", ".", "..") or is_ignored(segment) or "\0" in segment for segment in segments):
        return False
    return pattern_regex(landing.pattern).fullmatch(relative) is not None


def paged(files: Iterator[FoundFile], after: str | None) -> Iterator[ListedPage]:
    """A listing in the order of its URIs, in pages whose positions are URIs."""
    files = (file for file in files if after is None or file.location.uri > after)
    page = tuple(islice(files, _PAGE))
    while page:
        following = tuple(islice(files, _PAGE))
        yield ListedPage(page, page[-1].location.uri if following else None)
        page = following


class Known:
    """What is known of a landing, stretch after stretch of its listing, from behind `after` on: no URI lies between two stretches."""

    def __init__(self, landing: Landing, after: str | None, known: StandingVersions) -> None:
        root = landing.root.uri.rstrip("/") + "/"
        self._known = known
        self._first = root if after is None else _behind(after)
        self._end = root + "\x7f"

    def until(self, uri: str | None) -> str:
        """The lines up to a URI; None for all the rest."""
        lines = self._known(self._first, uri or self._end)
        self._first = _behind(uri or self._end)
        return lines


def compared(
    pages: Iterator[ListedPage], landing: Landing, after: str | None, known: StandingVersions
) -> Iterator[ListedPage]:
    """`paged` without what stands as it is known, and with what is missing."""
    stands, page = Known(landing, after, known), None
    for page in pages:
        versions = {version_at(file.location.uri, file.version_token.value): file for file in page.files}
        lines = stands.until(page.position).split("\n")
        unknown = tuple(versions[line] for line in versions.keys() - {*lines})
        yield ListedPage(
            tuple(sorted(unknown, key=lambda file: file.location.uri)),
            page.position,
            known=len(versions) - len(unknown),
            missing=missing(versions, lines),
        )
    if page is None:
        yield from nothing_listed(stands)


def nothing_listed(stands: Known) -> Iterator[ListedPage]:
    """A page where something is known, none where nothing is."""
    known = missing((), stands.until(None).split("\n"))
    if known:
        yield ListedPage((), missing=known)


def missing(listed: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The locations of lines that are `known` and that no line `listed` has, in order."""
    lines = {*listed}
    uris = {line.partition(" ")[0] for line in lines}
    others = (line.partition(" ")[0] for line in known if line and line not in lines)
    return tuple(sorted(uri for uri in others if uri not in uris))


def _behind(uri: str) -> str:
    """Less than any URI that comes behind this one: a blank sorts before all that a URI may have in it."""
    return uri + " "


@cache
def _segments(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("/"))


def may_hold(pattern: str, folder: str) -> bool:
    """Whether files that match `pattern` can lie in or below `folder` (relative), as far as its names tell."""
    segments, names = _segments(pattern), folder.split("/")
    for segment, name in zip(segments, names, strict=False):
        if "**" in segment:
            return True
        if not pattern_regex(segment).fullmatch(name):
            return False
    return len(names) < len(segments)


def _class_end(pattern: str, start: int) -> int | None:
    """Where the class that opens at `start` closes; a ``]`` that comes first is a member of it."""
    first = start + (2 if pattern[start + 1 : start + 2] in ("!", "^") else 1)
    end = pattern.find("]", first + 1)
    return end if end > 0 and "/" not in pattern[start:end] else None


def _class(content: str) -> str:
    negated = content[0] in "!^"
    members = re.sub(r"([\\\[\]&~|^])", r"\\\1", content[1:] if negated else content)
    members = re.sub(r"(.)-(.)", lambda span: span[0] if span[1] <= span[2] else re.escape(span[0]), members)
    return f"(?!/)[{'^' if negated else ''}{members}]"
