"""``look``, ``datasets register`` and ``datasets pending``: what lands, and what waits to be judged."""

from datetime import UTC, datetime

import click

from data_management.application.queries import GetDefinitionQuery, GetPendingQuery, ListDatasetsQuery
from data_management.application.services import record_landing
from data_management.errors import Unavailable
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.declared import dataset_option, declared
from data_management.presentation.cli.output import (
    TABLE,
    format_option,
    write_error,
    write_records,
    write_table,
    write_warning,
)
from data_management.presentation.dtos.landings import LookDto, PendingDto, RegisteredDto


@click.command()
@dataset_option
@format_option()
@click.pass_obj
def look(backend: Backend, dataset_name: str | None, style: str) -> ExitCode:
    """Look at the landings and record what is new, without judging it; `run` does both.

    Exit code: 2 where a contract is broken, 4 where a landing cannot be looked at.
    """
    backend.must_be_local()
    found = declared(backend, dataset_name)
    app = backend.application()
    looks = [LookDto(dataset=name, error=problems) for name, problems in found.broken.items()]
    troubled = False
    try:
        for name, dataset in found.datasets.items():
            try:
                looks.append(LookDto.of(name, record_landing(app, dataset, backend.settle_seconds())))
            except Unavailable as error:
                troubled = True
                looks.append(LookDto(dataset=name, error=error.message))
    finally:
        app.close()
    if style != TABLE:
        write_records(style, LookDto, looks)
    else:
        write_table(
            "Look",
            ("dataset", "new", "of them newer", "known", "gone", "still changing", ""),
            (
                (each.dataset, each.new, each.newer, each.known, each.gone, each.still_changing, _remark(each.error))
                for each in looks
            ),
        )
        _write_errors([each.error for each in looks])
    for each in looks:
        if each.warning is not None:
            write_warning(f"landing of dataset {each.dataset!r}: {each.warning}")
    if troubled:
        return ExitCode.UNAVAILABLE
    return ExitCode.USAGE if found.broken else ExitCode.OK


@click.command("register")
@dataset_option
@format_option()
@click.pass_obj
def register_datasets(backend: Backend, dataset_name: str | None, style: str) -> ExitCode:
    """Make what the contracts declare the catalog's; `run` and Dagster do so before they look at a landing.

    Exit code: 2 where a contract is broken.
    """
    found = declared(backend, dataset_name)
    registered = [RegisteredDto(dataset=name, error=problems) for name, problems in found.broken.items()]
    catalog = backend.gateway(create=True)
    for name, dataset in found.datasets.items():
        catalog.register(dataset, found.texts[name])
        registered.append(
            RegisteredDto(
                dataset=name,
                contract=dataset.contract_id,
                contract_version=dataset.contract_version,
                rules=len(dataset.rules),
            )
        )
    if style != TABLE:
        write_records(style, RegisteredDto, registered)
    else:
        write_table(
            "Registered",
            ("dataset", "contract", "version", "rules", ""),
            ((e.dataset, e.contract, e.contract_version, e.rules, _remark(e.error)) for e in registered),
        )
        _write_errors([each.error for each in registered])
    return ExitCode.USAGE if found.broken else ExitCode.OK


@click.command("pending")
@click.argument("name", required=False, shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def pending_of_datasets(backend: Backend, name: str | None, style: str) -> None:
    """Show what waits to be judged, of one dataset or of all, and which runs hold files now."""
    catalog = backend.catalog()
    now = datetime.now(UTC)
    names = [name] if name is not None else [view.name for view in catalog.ask(ListDatasetsQuery())]
    definitions = [catalog.ask(GetDefinitionQuery(each)) for each in names]
    found = [
        PendingDto.of(each.name, catalog.ask(GetPendingQuery(each.name, each.plan_hash, now))) for each in definitions
    ]
    if style != TABLE:
        write_records(style, PendingDto, found)
        return
    write_table(
        "Waiting to be judged",
        ("dataset", "arrivals", "tried before", "outdated", "score is due", "held by"),
        (
            (
                each.dataset,
                each.arrivals,
                each.attempts,
                each.outdated,
                "yes" if each.unscored else None,
                ", ".join(each.held_by) or None,
            )
            for each in found
        ),
    )


def _remark(error: str | None) -> str | None:
    return None if error is None else "see below"


def _write_errors(errors: list[str | None]) -> None:
    for error in errors:
        if error is not None:
            write_error(error)
