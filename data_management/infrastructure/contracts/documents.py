"""From a file's bytes to a document that knows its lines. Hostile input is refused before it costs anything."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import yaml

MOST_BYTES: Final = 2_000_000
MOST_NODES: Final = 200_000
"""Scalars, lists and mappings of a document, those that an alias repeats counted each time."""
MOST_DEPTH: Final = 64

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NO_CHILDREN: Final[Mapping[Any, Any]] = MappingProxyType({})

Trail = tuple[str | int, ...]
"""Keys and indices from the root of a document to a place in it."""


class Unreadable(Exception):
    """It is no document at all."""

    def __init__(self, problem: str, fix: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.fix, self.line = problem, fix, line


class Node(NamedTuple):
    """A value with its place. `line` counts from 1; that of a mapping's item is its key's.

    A tuple, since a folder of 500 contracts has 25,000, and a frozen dataclass takes five times as long to make.
    """

    value: Any
    line: int
    children: Mapping[str | int, "Node"] = _NO_CHILDREN
    text: str | None = None
    """A scalar as it was written."""
    size: int = 1
    height: int = 1

    def at(self, path: Trail) -> "Node | None":
        """The node at `path`, or None."""
        node: Node | None = self
        for part in path:
            node = node.children.get(part) if node else None
        return node

    def at_line(self, line: int) -> "Node":
        return self if line == self.line else Node(self.value, line, self.children, self.text, self.size, self.height)

    def line_of(self, path: Trail) -> int:
        """The line of `path`, or of the last part of it that is there."""
        node = self
        for part in path:
            if part not in node.children:
                break
            node = node.children[part]
        return node.line


@dataclass(frozen=True)
class Flaw:
    """Something wrong in a document that does not keep the rest from being read."""

    path: Trail
    line: int
    problem: str
    fix: str


@dataclass(frozen=True)
class Document:
    root: Node
    flaws: tuple[Flaw, ...] = ()


def read_document(path: Path) -> Document:
    """Read a YAML file; raises `Unreadable` for whatever is not one document of sane size."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is not a regular file", "give a YAML file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"it cannot be read: {error}", "check that it exists and may be read") from error
    return decode(content)


def decode(content: bytes) -> Document:
    """The same for what was sent."""
    if len(content) > MOST_BYTES:
        raise Unreadable(
            f"it is larger than {MOST_BYTES // 1_000_000} MB, and no data contract is",
            "split it into several contracts",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"it is not UTF-8 (byte {error.start + 1})", "save it as UTF-8", line) from error
    return parse(text)


def parse(text: str) -> Document:
    """Parse one YAML document. Plain scalars are those of YAML 1.2: `NO`, `12:30`, `2024-01-31` and `007` are text."""
    return _Composer(text).document()


class _Composer:
    """Builds nodes straight from the parser's events, so that no tag ever makes an object and no alias is expanded."""

    def __init__(self, text: str) -> None:
        self._whole = text
        self._parser: Any = None
        self._anchors: dict[str, Node | None] = {}
        self._flaws: list[Flaw] = []
        self._nodes = 0

    def document(self) -> Document:
        try:
            self._parser = _LOADER(self._whole)
            self._next()  # the stream's start
            start = self._next()
            if isinstance(start, yaml.StreamEndEvent):
                raise Unreadable("it is empty", "write a data contract, or remove the file")
            root = self._node(self._next(), ())
            self._next()  # the document's end
            after = self._next()
            if not isinstance(after, yaml.StreamEndEvent):
                raise Unreadable(
                    "it holds more than one YAML document",
                    "keep one contract per file, without '---' between",
                    _line(after),
                )
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.context, error.problem) if part)
            raise Unreadable(
                f"it is not valid YAML: {what}", "mend the syntax near this line", mark.line + 1 if mark else None
            ) from error
        except yaml.YAMLError as error:
            position = getattr(error, "position", None)  # in bytes
            line = None if position is None else self._whole.encode().count(b"\n", 0, position) + 1
            raise Unreadable(f"it is not valid YAML: {str(error).splitlines()[0]}", "mend the syntax", line) from error
        return Document(root, tuple(self._flaws))

    def _next(self) -> Any:
        """The next event of the parser; nothing asks for one behind the stream's end."""
        return self._parser.get_event()

    def _node(self, event: yaml.Event, path: Trail) -> Node:
        if isinstance(event, yaml.AliasEvent):
            node = self._aliased(event)
        else:
            anchor = getattr(event, "anchor", None)
            if anchor is not None:
                self._anchors[anchor] = None
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event, path)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._check_depth(len(path), event)
                node = self._sequence(event, path)
            else:
                self._check_depth(len(path), event)
                node = self._mapping(event, path)
            self._nodes += 1
            if anchor is not None:
                self._anchors[anchor] = node
        if self._nodes > MOST_NODES:
            raise Unreadable(f"it has more than {MOST_NODES:,} values", "split it, or use fewer aliases", _line(event))
        return node

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        node = self._anchors.get(str(event.anchor))
        if node is None:
            problem = f"alias *{event.anchor} repeats what it stands in, or nothing that came before"
            raise Unreadable(problem, f"write &{event.anchor} on an earlier value", _line(event))
        self._nodes += node.size
        return node

    @staticmethod
    def _check_depth(depth: int, event: yaml.Event) -> None:
        if depth > MOST_DEPTH:
            raise Unreadable(f"it is nested deeper than {MOST_DEPTH} levels", "flatten it", _line(event))

    def _sequence(self, event: yaml.Event, path: Trail) -> Node:
        children: dict[str | int, Node] = {}
        while not isinstance(item := self._next(), yaml.SequenceEndEvent):
            children[len(children)] = self._node(item, (*path, len(children)))
        return self._collection([node.value for node in children.values()], children, path, event)

    def _mapping(self, event: yaml.Event, path: Trail) -> Node:
        children: dict[str | int, Node] = {}
        merged: list[Node] = []
        while not isinstance(item := self._next(), yaml.MappingEndEvent):
            if not isinstance(item, yaml.ScalarEvent):
                raise Unreadable("a key is not plain text", "write each key as one word before its ':'", _line(item))
            key, line = str(self._text(item.value, path, _line(item))), _line(item)
            node = self._node(self._next(), (*path, key)).at_line(line)
            if key == "<<" and item.implicit[0]:
                merged += node.children.values() if isinstance(node.value, list) else [node]
            elif key in children:
                problem = f"{key!r} is given twice, first in line {children[key].line}"
                self._flaws.append(Flaw((*path, key), line, problem, "remove one of them"))
            else:
                children[key] = node
        for source in merged:
            children |= {key: node for key, node in source.children.items() if key not in children}
        return self._collection({key: node.value for key, node in children.items()}, children, path, event)

    def _collection(self, value: Any, children: dict[str | int, Node], path: Trail, event: yaml.Event) -> Node:
        size, height = 1, 1
        for child in children.values():
            size += child.size
            height = max(height, child.height + 1)
        self._check_depth(len(path) + height - 1, event)
        tag = _tag(event)
        if tag not in ("", "!", "seq", "map"):
            self._unknown_tag(tag, path, _line(event))
        return Node(value, _line(event), children, size=size, height=height)

    def _scalar(self, event: yaml.ScalarEvent, path: Trail) -> Node:
        line = _line(event)
        text = self._text(event.value, path, line)
        tag = _tag(event)
        if tag in ("", "int", "float", "bool", "null") and (tag or event.implicit[0]):
            return Node(_plain(text), line, text=text)
        if tag not in ("", "!", "str"):
            self._unknown_tag(tag, path, line)
        return Node(text, line, text=text)

    def _unknown_tag(self, tag: str, path: Trail, line: int) -> None:
        self._flaws.append(
            Flaw(path, line, f"the YAML tag {tag[:200]!r} is not known here", "write the value without a tag")
        )

    def _text(self, text: str, path: Trail, line: int) -> str:
        if not _NO_TEXT.search(text):
            return text
        self._flaws.append(Flaw(path, line, "it holds a character that is no text (NUL or a surrogate)", "remove it"))
        return _NO_TEXT.sub("", text)


def _tag(event: yaml.Event) -> str:
    """An explicit tag without the prefix that ``!!`` stands for; empty where there is none."""
    return str(getattr(event, "tag", None) or "").removeprefix("tag:yaml.org,2002:")


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,300})", re.ASCII)
_BASED = re.compile(r"0x[0-9a-fA-F]{1,250}|0o[0-7]{1,300}")
_FLOAT = re.compile(r"(?=.*[.eE])[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def _plain(text: str) -> str | float | bool | None:
    """What a plain scalar means in YAML 1.2; infinities, and integers with leading zeros, stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, base=0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) < float("inf") else text
    return text
