"""``data-management init``: a project that works at once."""

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

import click

from data_management.errors import InvalidInput
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.contracts import name_of, suggested_contract
from data_management.presentation.cli.naming import expanded
from data_management.presentation.cli.writing import write_whole

_PROJECT: Final = {
    "workspace.yaml": "workspace.yaml",
    "dagster.yaml": "dagster.yaml",
    ".gitignore": "gitignore",
}
_EXAMPLE: Final = {
    "contracts/orders.odcs.yaml": "orders.odcs.yaml",
    "landing/orders/orders_2026-01-01.csv": "orders_2026-01-01.csv",
    "landing/orders/orders_2026-01-02.csv": "orders_2026-01-02.csv",
}
_NEXT: Final = """
Next:
  {enter}data-management run         # judges what lies in {landing}, without Dagster
  data-management datasets list
  dagster dev                 # the same, as files land: http://localhost:3000
  data-management doctor      # if something does not work
Then make {contract} yours; `data-management contract lint` says what is wrong with it.
"""


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False, metavar="[DIR]"
)
@click.option(
    "--from",
    "samples",
    type=click.Path(),
    multiple=True,
    metavar="FILE",
    help="Suggest the contract for files like this, or those of a folder, which is the landing then; repeatable.",
)
@click.option("--force", is_flag=True, help="Replace files of the same names.")
@click.pass_obj
def init(backend: Backend, folder: Path, samples: tuple[str, ...], force: bool) -> ExitCode:
    """Make a project in DIR (default: here): a contract, a landing with a small sample, and what Dagster needs.

    All of it is written, or nothing; what is there is left alone, unless --force says otherwise.
    """
    files = dict(_scaffold(_PROJECT))
    if samples:
        suggested = _suggested(backend, folder, samples)
        if suggested is None:
            return ExitCode.REJECTED
        contract, landing, text = suggested
        files[contract] = text
    else:
        contract, landing = "contracts/orders.odcs.yaml", "landing/orders"
        files |= _scaffold(_EXAMPLE)
    _write(folder, files, force=force)
    for name in files:
        click.echo(f"wrote {click.format_filename(folder / name)}")
    here = folder.absolute() == Path.cwd()
    enter = "" if here else f"cd {click.format_filename(folder)}\n  "
    click.echo(_NEXT.format(enter=enter, landing=landing, contract=contract), nl=False)
    return ExitCode.OK


def _scaffold(names: Mapping[str, str]) -> dict[str, str]:
    source = resources.files("data_management.presentation.cli") / "scaffold"
    return {target: (source / name).read_text(encoding="utf-8") for target, name in names.items()}


def _suggested(backend: Backend, folder: Path, samples: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Contract file, landing and contract; None where no sample can be read."""
    found = list(dict.fromkeys(file for path in samples for file in expanded(path, backend.locations())))
    places = {Path(file).absolute().parent for file in found}
    endings = {
        "".join(Path(file).suffixes[-2:]) if file.endswith((".gz", ".zst")) else Path(file).suffix for file in found
    }
    if len(places) > 1:
        raise InvalidInput("the files lie in several folders, and a landing is one; make a contract for each of them")
    place, name = places.pop(), name_of(found)
    pattern = f"*{endings.pop()}" if len(endings) == 1 else "*"
    inside = place.is_relative_to(folder.absolute())
    root = os.path.relpath(place, folder.absolute() / "contracts") if inside else str(place)
    text = suggested_contract(backend, found, name=name, landing=f"{Path(root).as_posix()}/{pattern}")
    return None if text is None else (f"contracts/{name}.odcs.yaml", str(place), text)


def _write(folder: Path, files: Mapping[str, str], *, force: bool) -> None:
    """All or nothing: what was made before something failed goes again; with `force` what was replaced stays replaced."""
    taken = [name for name in files if os.path.lexists(folder / name)]
    if taken and not force:
        raise InvalidInput(
            f"{', '.join(taken)} in {folder.absolute()} exist already; give --force to replace them, or another DIR"
        )
    made: list[Path] = []
    try:
        for name, text in files.items():
            target = folder / name
            made += _folders(target.parent)
            write_whole(target, text, force=force)
            if name not in taken:
                made.append(target)
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise


def _folders(folder: Path) -> list[Path]:
    """Make it, and say which of its parents were made too, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder}: {error.strerror}; name a folder that may be written") from error
    return missing[::-1]
