"""A browser as simple as they come: it follows links and sends forms, and knows what a page is made of."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


class Page(HTMLParser):
    """What a page says. A tag that is not closed where it belongs is an `AssertionError`."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.answer = answer
        self.elements: list[Element] = []
        self._open: list[Element] = []
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.feed(answer.text)
            self.close()
        assert not self._open, f"not closed: {[each.name for each in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} has an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].name == tag, f"</{tag}> closes {self._open[-1].name}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def of(self, name: str) -> list[Element]:
        return [each for each in self.elements if each.name == name]

    @property
    def text(self) -> str:
        return self.of("body")[0].text

    @property
    def addresses(self) -> list[str]:
        """Of all that a page links to or loads."""
        names = ("href", "src", "action", "formaction", "poster", "data")
        return [each.attributes[name] for each in self.elements for name in names if name in each.attributes]

    def rows(self, table: str) -> list[list[str]]:
        """The texts of a table's cells, its head first; `table` is the id of its caption."""
        rows: list[list[str]] = []
        is_in = False
        for each in self.elements:
            if each.name == "caption":
                is_in = each.attributes.get("id") == table
            elif is_in and each.name == "tr":
                rows.append([])
            elif is_in and each.name in ("td", "th"):
                rows[-1].append(each.text)
            elif each.name in ("section", "h2", "footer"):
                is_in = False
        return rows


class Browser:
    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.client = httpx.Client(base_url=url, timeout=30, follow_redirects=True, headers=headers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, address: str) -> Page:
        return Page(self.client.get(address))

    def follow(self, page: Page, text: str) -> Page:
        """The first link of the page's content that reads like this."""
        for link in page.of("a"):
            if link.text == text and link.attributes["href"] != "#content":
                return self.open(urljoin(str(page.answer.url), link.attributes["href"]))
        raise AssertionError(f"no link reads {text!r}: {[link.text for link in page.of('a')]}")

    def send(self, page: Page, action: str, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """The form with this action, with its hidden fields."""
        form = next(each for each in page.of("form") if each.attributes["action"] == action)
        hidden = {
            each.attributes["name"]: each.attributes["value"]
            for each in page.of("input")
            if each.attributes.get("type") == "hidden"
        }
        if form.attributes["method"] == "get":
            return Page(self.client.get(action, params=fields))
        return Page(self.client.post(action, data=hidden | fields, headers=headers))

    def log_in(self, key: str, at: str = "/") -> Page:
        return self.send(self.open(at), "/ui/login", key=key)


def is_ours(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and (parts.path.startswith("/ui") or address == "#content")
