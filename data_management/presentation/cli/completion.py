"""Shell completion: Click's own, and names out of the catalog."""

import contextlib
from typing import Final

import click
from click.shell_completion import get_completion_class

from data_management.presentation.cli.backend import Backend, Elsewhere

_SHELLS: Final = ("bash", "zsh", "fish")


def complete_dataset(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The catalog's datasets whose names begin so; none where there is no catalog, for completion must never complain."""
    root = ctx.find_root()
    backend: Backend | None = root.obj
    found: list[str] = []
    if backend is not None:
        with contextlib.suppress(Exception):
            backend.choose(Elsewhere(*(root.params.get(name) for name in ("url", "api_key", "api_key_file"))))
            found = [dataset.name for dataset in backend.gateway(hurried=True).datasets()]
    return [name for name in found if name.startswith(incomplete)]


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    r"""Print what makes a shell complete commands, options and names of datasets.

    \b
    bash:  eval "$(data-management completion bash)"   # in ~/.bashrc
    zsh:   eval "$(data-management completion zsh)"    # in ~/.zshrc
    fish:  data-management completion fish > ~/.config/fish/completions/data-management.fish
    """
    root = click.get_current_context().find_root().command
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(root, {}, "data-management", "_DATA_MANAGEMENT_COMPLETE").source())
