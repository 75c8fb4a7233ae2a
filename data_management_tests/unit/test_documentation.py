"""What runs the documentation notices where it is wrong."""

from pathlib import Path

import pytest

from data_management_tests.documentation import Page, blocks, environment


def page(folder: Path, text: str) -> Page:
    path = folder / "page.md"
    path.write_text(text)
    return Page(path, folder, environment(folder))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```console\n$ echo one\ntwo\n```\n", "where the page says"),
        ("```console\n$ echo one\none\n$ false\n```\n", "ended with 1, not 0"),
        ("```console\n$ true  # exit code 3\n```\n", "ended with 0, not 3"),
        ("```python\nassert 1 == 2\n```\n", "AssertionError"),
        ('```python title="x.py"\nimport nothing_of_that_name\n```\n', "ended with 1"),
        ("```fortran\nEND\n```\n", "nobody knows how to run 'fortran'"),
        ("```console\n$ exit 0\n$ true\n```\n", "the shell ended before"),
    ],
)
def test_a_block_that_does_not_do_what_it_says_fails(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        page(tmp_path, text).run()


def test_blocks_share_folder_variables_and_names(tmp_path: Path) -> None:
    text = """
```csv title="in/a.csv"
a,b
```
```console
$ cd in && export WHO=reader
$ ls
a.csv
```
```console
$ echo "$WHO of \\
> $(cat a.csv)"
reader of a,b
```
```python
from pathlib import Path
text = Path("a.csv").read_text()
```
```python
assert text == "a,b\\n"
```
"""
    assert page(tmp_path, text).run() == 5


def test_an_ellipsis_stands_for_anything(tmp_path: Path) -> None:
    text = "```console\n$ printf 'took 3.2 s\\na\\nb\\nend  of it\\n'\ntook … s\n…\nend of it\n```\n"
    assert page(tmp_path, text).run() == 1


def test_a_block_is_left_out_with_a_reason() -> None:
    text = "<!-- not run: a server\nthat stays -->\n\n```console\n$ false\n```\n\n```console\n$ true\n```\n"
    assert [block.not_run for block in blocks(text)] == ["a server\nthat stays", None]
