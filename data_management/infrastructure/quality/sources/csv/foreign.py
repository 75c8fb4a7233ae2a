"""Text that is no CSV, though it is named so: a login page in place of an export, JSON, a document."""

import re
from collections.abc import Sequence

from data_management.errors import Rejected

_MOST = 1 << 16
_KINDS = (
    ("HTML", re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)),
    ("XML", re.compile(rb"<(\?xml|!doctype|!--|([A-Za-z_][\w:.-]*)(\s[^>]*)?>[^,;|\t]*<.*</\2>)", re.IGNORECASE | re.DOTALL)),
    ("JSON", re.compile(rb'\[\s*[\[{]\s*["\[{}]|\{\s*("[^"]*"\s*:|\})|\[\s*\]\s*$')),
    ("PDF", re.compile(rb"%PDF-")),
    ("RTF", re.compile(rb"\{\\rtf")),
)  # fmt: skip


def refuse_other_kinds(lines: Sequence[bytes], shown: str) -> None:
    """`Rejected` where the text begins like another format."""
    start = b"".join(lines[:1_000])[:_MOST].lstrip()
    found = next((name for name, pattern in _KINDS if pattern.match(start)), None)
    if found is not None:
        what = "name it after its format" if found == "JSON" else "look at what produced it"
        raise Rejected(f"{shown} holds {found}, not CSV; {what}, or export the table as CSV")
