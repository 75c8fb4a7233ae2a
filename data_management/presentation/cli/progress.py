"""Progress on a terminal; nothing elsewhere, where the log says it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from data_management.presentation.signals import end_if_asked


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """A bar on standard error while the block runs; call what it yields once per step, where the block may end for a signal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield end_if_asked
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=total)

        def advance() -> None:
            bar.advance(task)
            end_if_asked()

        yield advance
