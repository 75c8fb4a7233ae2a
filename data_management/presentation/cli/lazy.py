"""Commands whose modules are loaded when they are called: help and completion are instant."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from data_management.presentation.cli.exit_codes import ExitCode
from data_management.presentation.cli.messages import drop_output

_PACKAGE = "data_management.presentation.cli"


class Lazy(NamedTuple):
    """Where a command is, and what the list of commands says of it, which is the first sentence of its own help."""

    module: str
    name: str
    help: str


class LazyGroup(click.Group):
    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def invoke(self, ctx: click.Context) -> Any:
        """Where nobody reads any more (``| head``), Click would end with exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            drop_output()
            return ExitCode.OK

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.lazy.get(cmd_name)
        if found is None:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"{_PACKAGE}.{found.module}"), found.name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, for which none of them is loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.lazy.items()])
