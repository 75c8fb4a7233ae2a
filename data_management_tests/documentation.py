"""The code blocks of a page, run in their order in one folder, as a reader would.

- ``console``: each line that begins with ``$`` is run by bash, whose folder and variables last for the page. What follows is
  compared with its output; ``…`` stands for anything. ``# exit code 1`` at the end of a command is compared too.
- any language with ``title="path"``: the file is written; one in Python must at least import.
- ``python`` without a title: is run, with the names of the blocks before it.
- ``yaml``, ``json``, ``csv`` and ``text`` without a title: nothing is run; the first two must parse.

``<!-- not run: reason -->`` in front of a block leaves it out.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

_NOT_RUN = re.compile(r"<!-- not run: (?P<reason>.+?) -->", re.DOTALL)
_TITLE = re.compile(r'title="(?P<path>[^"]+)"')
_EXIT_CODE = re.compile(r"#\s*exit code (?P<code>\d+)\s*$")
_MARK = "\x1e"
_NOTHING_TO_RUN = {"", "text", "csv", "mermaid", "toml"}
_SECONDS = 240
_STATE = ".page-state"
_INTERPRETER = """
import json, os, subprocess, sys, traceback
names = {"__name__": "page"}
for line in sys.stdin:
    where, source = json.loads(line)
    try:
        if os.path.exists(sys.argv[1]):
            said = subprocess.run(["bash", "-c", '. "$0"; pwd; env -0', sys.argv[1]], capture_output=True, text=True).stdout
            place, _, variables = said.partition("\\n")
            os.chdir(place)
            os.environ.update(one.split("=", 1) for one in variables.split("\\0") if one)
        exec(compile(source, where, "exec"), names)
        print("\\x1edone", flush=True)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        print("\\x1efailed", flush=True)
"""


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    content: str
    title: str | None = None
    not_run: str | None = None


def blocks(text: str) -> Iterator[Block]:
    reason = None
    for token in MarkdownIt().parse(text):
        if token.type == "html_block" and (found := _NOT_RUN.search(token.content)):
            reason = found["reason"]
        elif token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            title = _TITLE.search(rest)
            line = (token.map or [0])[0] + 1
            yield Block(line, language, token.content, title["path"] if title else None, reason)
            reason = None


@dataclass
class Page:
    """A page that is read in `folder`. Its blocks raise `AssertionError` where they do not do what they say."""

    path: Path
    folder: Path
    environment: dict[str, str]
    _interpreter: "subprocess.Popen[str] | None" = None

    def run(self) -> int:
        """How many blocks were run."""
        ran = 0
        try:
            for block in blocks(self.path.read_text()):
                if block.not_run is None:
                    self._run(block)
                    ran += 1
        finally:
            if self._interpreter is not None:
                self._interpreter.communicate()
        return ran

    def _run(self, block: Block) -> None:
        where = f"{self.path.name}:{block.line}"
        if block.title is not None:
            file = self.folder / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.content)
            if block.language == "python":
                self._shell(where, [(f"{sys.executable} {block.title}", [], 0)])
        elif block.language == "console":
            self._shell(where, list(_commands(block.content)))
        elif block.language == "python":
            self._python(where, "\n" * block.line + block.content)
        elif block.language == "yaml":
            list(yaml.safe_load_all(block.content))
        elif block.language == "json":
            json.loads(block.content)
        else:
            assert block.language in _NOTHING_TO_RUN, f"{where}: nobody knows how to run {block.language!r}"

    def _python(self, where: str, source: str) -> None:
        """In a process of the page's own, which lasts: names are kept, and nothing reaches the tests."""
        if self._interpreter is None:
            self._interpreter = subprocess.Popen(
                [sys.executable, "-c", _INTERPRETER, str(self.folder / _STATE)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        child = self._interpreter
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps([where, source]) + "\n")
        child.stdin.flush()
        said = []
        for line in child.stdout:
            if line in (f"{_MARK}done\n", f"{_MARK}failed\n"):
                assert line == f"{_MARK}done\n", f"{where}:\n{''.join(said)}"
                return
            said.append(line)
        pytest.fail(f"{where}: the interpreter ended\n{''.join(said)}")

    def _shell(self, where: str, commands: list[tuple[str, list[str], int]]) -> None:
        state = self.folder / _STATE
        script = [f"if [ -e {state} ]; then . {state}; fi"]
        for command, _, _ in commands:
            script += [command, f"printf '{_MARK}%d{_MARK}' $?"]
        script.append(f'{{ printf "cd \'%s\'\\n" "$PWD"; export -p; }} > {state}')
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            check=False,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
        )
        parts = done.stdout.split(_MARK)
        for number, (command, expected, code) in enumerate(commands):
            assert len(parts) > 2 * number + 1, f"{where}: the shell ended before $ {command}\n{done.stdout}"
            output, ended = parts[2 * number], int(parts[2 * number + 1])
            assert ended == code, f"{where}: $ {command}\nended with {ended}, not {code}:\n{output}"
            if expected:
                assert _matches(
                    output, expected
                ), f"{where}: $ {command}\nprinted\n{output}\nwhere the page says\n" + "\n".join(expected)


def _commands(content: str) -> Iterator[tuple[str, list[str], int]]:
    command, expected, code = "", list[str](), 0
    for line in content.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            if command:
                yield command, expected, code
            command, expected = line[2:], []
            found = _EXIT_CODE.search(command)
            code = int(found["code"]) if found else 0
        elif command.endswith("\\"):
            command += f"\n{line.removeprefix('> ')}"
        else:
            expected.append(line)
    if command:
        yield command, expected, code


def _matches(output: str, expected: list[str]) -> bool:
    """Runs of blanks are one; ``…`` stands for anything, alone on its line for any lines."""
    wanted = [" ".join(line.split()) for line in expected if line.strip()]
    found = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\s*\n" for line in wanted
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in found)) is not None


def environment(home: Path) -> dict[str, str]:
    """That of a reader: our commands on the path, none of our settings, a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATA_MANAGEMENT", "DAGSTER"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "HOME": str(home), "COLUMNS": "160", "NO_COLOR": "1", "PYTHONPATH": ""}
