"""Writes `docs/reference/` from the code: `.venv/bin/python docs/reference.py`. A test holds it to what it would write."""

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

import data_management
from data_management import plugin
from data_management.domain import events
from data_management.presentation.cli import cli
from data_management.settings import PREFIX, Settings

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/reference.py; change the code instead. -->\n\n"


def settings() -> str:
    lines = ["# Settings", "", "Environment variables, read when a process starts.", ""]
    lines += ["| variable | default | what |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in (None, "") else ""
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines)


def commands() -> str:
    lines = ["# Commands", "", *_prose(cli.help or "")]
    for path, command in _commands(cli, "data-management"):
        lines += ["", f"## `{path}`", "", *_prose(command.help or "")]
        context = click.Context(command, info_name=path)
        usage = " ".join(command.collect_usage_pieces(context))
        lines += ["", f"    {path} {usage}"]
        options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        if options:
            lines += ["", "| option | what |", "|---|---|"]
            lines += [f"| {_option(one, context)} | {_cell(one.help or '')} |" for one in options]
    return "\n".join(lines)


def _commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in sorted(group.list_commands(context)):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield from _commands(command, f"{path} {name}")
    else:
        yield path, group


def _option(option: click.Option, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    metavar = "" if option.is_flag or option.count else f" {option.make_metavar(context)}"
    return _cell(names + metavar)


def names() -> str:
    """The public names of the two modules that people import."""
    lines = ["# Python", ""]
    for module in (data_management, plugin):
        lines += [f"## `{module.__name__}`", "", *_prose(module.__doc__ or ""), ""]
        for name in sorted(module.__all__):
            if not name.startswith("__"):
                lines += [f"### `{name}`", "", *_described(name, getattr(module, name)), ""]
    return "\n".join(lines).rstrip("\n")


def _described(name: str, thing: Any) -> list[str]:
    if inspect.isclass(thing):
        return [*_prose(_own_doc(thing)), *_members(thing)]
    if callable(thing):
        return [*_signature(name, thing), "", *_prose(thing.__doc__ or "")]
    return [f"A `{type(thing).__name__}`." if type(thing).__module__.startswith("data_management") else f"`{thing}`"]


def _own_doc(thing: type) -> str:
    """Without what dataclasses write themselves."""
    doc = thing.__doc__ or ""
    return "" if doc.startswith(f"{thing.__name__}(") else doc


def _members(thing: type) -> Iterator[str]:
    ours = [each for each in thing.__mro__ if each.__module__.startswith("data_management")]
    for name, member in {name: member for each in reversed(ours) for name, member in vars(each).items()}.items():
        if isinstance(member, property) and member.__doc__ and not name.startswith("_"):
            yield from ("", f"`{thing.__name__}.{name}`", "", *_prose(member.__doc__))
        if name.startswith("_") or not inspect.isfunction(member) or not member.__doc__:
            continue
        yield ""
        yield from _signature(f"{thing.__name__}.{name}", member)
        yield ""
        yield from _prose(member.__doc__)


def _signature(name: str, function: Callable[..., Any]) -> list[str]:
    parameters = [
        part.replace(annotation=inspect.Parameter.empty)
        for part in inspect.signature(function).parameters.values()
        if part.name != "self"
    ]
    shown = str(inspect.Signature(parameters))
    return ["```python", f"{name}{re.sub(r'<(.*?)>', 'PRIVATE', shown)}", "```"]


def happenings() -> str:
    lines = [
        "# Events",
        "",
        "What the catalog tells, as the `data` of a CloudEvent; `type` is `data_management.NAME.v1`.",
    ]
    for name, thing in sorted(vars(events).items()):
        if inspect.isclass(thing) and issubclass(thing, events.DomainEvent) and thing is not events.DomainEvent:
            lines += ["", f"## `{name}`", "", *_prose(_own_doc(thing)), ""]
            lines += [f"- `{field.name}`: {_type(field.type)}" for field in dataclasses.fields(thing)]
    return "\n".join(lines)


def _type(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _prose(doc: str) -> list[str]:
    """A docstring as Markdown: sections get headings in bold, arguments become items, doctests stay code."""
    text = inspect.cleandoc(doc).replace("``", "`").replace("\b", "")
    lines: list[str] = []
    in_code = False
    for line in text.splitlines():
        statement = line.lstrip().startswith((">>> ", "... "))
        if statement and not in_code:
            lines.append("```python")
        if in_code and not line.strip():
            lines.append("```")
        in_code = statement or (in_code and bool(line.strip()))
        if in_code:
            lines.append(line.lstrip()[4:] if statement else f"# {line.lstrip()}")
        else:
            lines.append(_line(line))
    return [*lines, "```"] if in_code else lines


def _line(line: str) -> str:
    if line in ("Args:", "Raises:", "Returns:", "Yields:", "Example:", "Examples:"):
        return f"**{line[:-1]}**\n"
    found = re.match(r"    (\S+): (.*)", line)
    return f"- `{found[1]}`: {found[2]}" if found else re.sub(r"^ {4,}", "  ", line)


def _cell(text: str) -> str:
    return " ".join(textwrap.dedent(text).split()).replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "commands.md": commands,
    "python.md": names,
    "events.md": happenings,
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(NOTE + page() + "\n")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
