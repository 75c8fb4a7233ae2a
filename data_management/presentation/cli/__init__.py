"""The command line: ``data-management``."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data_management.errors import DataManagementError, Denied, InvalidInput, NotFound, Throttled
from data_management.presentation.cli.exit_codes import ExitCode
from data_management.presentation.cli.lazy import Lazy, LazyGroup
from data_management.presentation.cli.messages import drop_output, write_error

if TYPE_CHECKING:
    from data_management.presentation.cli.backend import Backend

__all__ = ["ExitCode", "cli", "run_cli"]

logger = logging.getLogger(__name__)


COMMANDS = {
    "init": Lazy("init", "init", "Make a project in DIR (default: here)."),
    "validate": Lazy("validate", "validate", "Validate files by a contract or a suite; without one, only read them."),
    "run": Lazy("pipeline", "run", "Record what lies in the landings, judge it, score the datasets: once."),
    "backfill": Lazy("pipeline", "backfill", "Judge the current files again that are of a time since then."),
    "look": Lazy("landings", "look", "Look at the landings and record what is new, without judging it."),
    "contract": Lazy("contracts", "contract", "Suggest, lint, compare, import and export data contracts."),
    "datasets": Lazy("catalog", "datasets", "The datasets of the catalog."),
    "assets": Lazy("catalog", "assets", "The data assets: single files of datasets."),
    "search": Lazy("search", "search", "Find datasets and data assets by words."),
    "scores": Lazy("catalog", "scores", "Show a dataset's score history, newest first."),
    "consumers": Lazy("consumers", "consumers", "Who reads the accepted files of datasets, and how far they are."),
    "events": Lazy("events", "events", "What happened in the catalog, and where it was delivered."),
    "serve": Lazy("serving", "serve", "Serve the REST API, until Ctrl-C or SIGTERM."),
    "keys": Lazy("keys", "keys", "Keys with which programs and people ask the server of `data-management serve`."),
    "audit": Lazy("keys", "audit", "Show who did, or was denied, what: the newest first."),
    "prune": Lazy("upkeep", "prune", "Forget the past, never what is current."),
    "db": Lazy("database", "db", "The catalog's database."),
    "doctor": Lazy("doctor", "doctor", "Say whether everything is in place, and what to do where it is not."),
    "completion": Lazy("completion", "completion", "Print what makes a shell complete commands and names."),
}
"""In the order in which one meets them."""


@click.group(
    cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="data-management", prog_name="data-management")
@click.option("--url", metavar="URL", help="A catalog that is served elsewhere.  [env: DATA_MANAGEMENT_URL]")
@click.option(
    "--api-key-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file that holds the key for it.  [env: DATA_MANAGEMENT_API_KEY_FILE, or the key itself: DATA_MANAGEMENT_API_KEY]",
)
@click.option(
    "--api-key", metavar="KEY", help="The key itself; other users of this machine see it in the list of processes."
)
@click.pass_context
def cli(ctx: click.Context, url: str | None, api_key_file: Path | None, api_key: str | None) -> None:
    """Data catalog and data quality: contracts, files that land, checks, scores, events.

    Exit codes: 0 pass or warn; 1 a verdict is fail; 2 wrong usage, setting or contract; 3 a file was rejected, and no
    verdict is fail; 4 a component is unavailable or broken; 130 interrupted, 143 terminated.
    """
    if api_key is not None and api_key_file is not None:
        raise click.UsageError("--api-key and --api-key-file are two ways to say one thing; use one of them")
    backend: Backend | None = ctx.obj
    if backend is None:
        return
    ctx.call_on_close(backend.close)
    if any(each is not None for each in (url, api_key_file, api_key)):
        from data_management.presentation.cli.backend import Elsewhere

        backend.choose(Elsewhere(url, api_key, api_key_file))


def run_cli(backend: "Backend", arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code. Errors are one line on standard error, never a traceback."""
    output = sys.stdout
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
    except DataManagementError as error:
        write_error(error.message)
        return _code_of(error)
    except SystemExit:
        if sys.stdout is output:
            raise
        sys.stdout = output  # click wrapped it, which is its answer to a broken pipe
        drop_output()
        return ExitCode.OK
    except BrokenPipeError:
        drop_output()  # nobody reads any more, which is nothing to complain about
        return ExitCode.OK
    except OSError as error:
        drop_output()
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


def _code_of(error: DataManagementError) -> ExitCode:
    is_callers = isinstance(error, InvalidInput | NotFound | Denied) and not isinstance(error, Throttled)
    return ExitCode.USAGE if is_callers else ExitCode.UNAVAILABLE
