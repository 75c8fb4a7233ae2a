"""The command line: ``data-management``."""

import contextlib
import logging
import os
import sys
from typing import Any

import click

from data_management.errors import DataManagementError, InvalidInput, NotFound
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.catalog import assets, datasets, scores
from data_management.presentation.cli.consumers import consumers
from data_management.presentation.cli.contracts import contract
from data_management.presentation.cli.database import db
from data_management.presentation.cli.events import events
from data_management.presentation.cli.output import write_error
from data_management.presentation.cli.pipeline import run
from data_management.presentation.cli.upkeep import prune
from data_management.presentation.cli.validate import validate

__all__ = ["Backend", "ExitCode", "cli", "run_cli"]

logger = logging.getLogger(__name__)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="data-management", prog_name="data-management")
def cli() -> None:
    """Data catalog and data quality: validate files, suggest contracts, run landings, look into the catalog,
    follow and deliver its events.

    Exit codes: 0 pass or warn; 1 a verdict is fail; 2 wrong usage, setting or contract; 3 a file was rejected, and no
    verdict is fail; 4 a component is unavailable or broken; 130 interrupted.
    """


for command in (validate, contract, run, datasets, assets, scores, consumers, events, prune, db):
    cli.add_command(command)


def run_cli(backend: Backend, arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code. Errors are one line on standard error, never a traceback."""
    try:
        result: Any = cli.main(arguments, prog_name="data-management", obj=backend, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where it can still be said that nobody got the output
    except click.exceptions.Abort:
        write_error("interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (InvalidInput, NotFound) as error:
        write_error(error.message)
        return ExitCode.USAGE
    except DataManagementError as error:
        write_error(error.message)
        return ExitCode.UNAVAILABLE
    except BrokenPipeError:
        _drop_output()  # nobody reads any more, which is nothing to complain about
        return ExitCode.OK
    except OSError as error:
        _drop_output()
        write_error(f"a file or the output cannot be used: {error}; check the disk and the permissions")
        return ExitCode.UNAVAILABLE
    except Exception as error:
        logger.debug("internal error", exc_info=True)
        write_error(
            f"internal error: {type(error).__name__}: {error}; this is a defect of data-management: set "
            "DATA_MANAGEMENT_LOG_LEVEL=DEBUG for the traceback and report it"
        )
        return ExitCode.UNAVAILABLE
    return int(result) if isinstance(result, int) else ExitCode.OK


def _drop_output() -> None:
    """What is still to be written to standard output goes nowhere, lest Python fail over it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
