"""``data-management events``: what happened, and whether it was delivered."""

import sys
from collections.abc import Iterator
from datetime import datetime

import click

from data_management.application.commands import (
    ForgetDestinationCommand,
    MoveConsumerCommand,
    RetryDeadLettersCommand,
)
from data_management.application.queries import GetConsumerPositionQuery, ListDeadLettersQuery, ListDestinationsQuery
from data_management.application.services import Application, RelayReport, RelayState
from data_management.errors import Unavailable
from data_management.presentation.cli.backend import Backend, Catalog, ExitCode
from data_management.presentation.cli.gateway import CatalogGateway, EventsShown
from data_management.presentation.cli.output import (
    MOST_ROWS,
    TABLE,
    RecordWriter,
    format_option,
    write_error,
    write_line,
    write_record,
    write_records,
    write_table,
)
from data_management.presentation.dtos.events import (
    CloudEventDto,
    DeadLetterDto,
    DestinationDto,
    ForgottenDestinationDto,
    RelayDto,
    RetriedDto,
)
from data_management.presentation.signals import Stop, stopping

_PAGE = 500
_LAST = 10
_POLL_SECONDS = 1.0
_AFTER_TROUBLE_SECONDS = 5.0


@click.group()
def events() -> None:
    """Events: what happened in the catalog, and where it was delivered."""


@events.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens next, until Ctrl-C.")
@click.option("--consumer", help="Go on where this consumer stopped last time, and remember how far it came.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, MOST_ROWS),
    help=f"How many at most; default: all of a consumer's, else the last {_LAST}.",
)
@format_option()
@click.pass_obj
def tail(backend: Backend, follow: bool, consumer: str | None, limit: int | None, style: str) -> int:
    """Show events in their order: the last ones, or those that a consumer has not seen.

    A consumer's place moves on when its events are written: after a crash the last of them come again.
    """
    if follow and style == "json":
        raise click.UsageError("a JSON document has an end, and --follow has none; use --format jsonl or csv")
    if follow and limit is not None and consumer is not None:
        raise click.UsageError("--limit ends what --follow goes on with; use one of them")
    catalog = backend.gateway()
    with stopping() as stop:
        shown = _Shown(backend.catalog() if consumer is not None else None, consumer, style)
        for page in _pages(catalog, shown, limit, stop, follow=follow):
            shown.write(page)
        shown.end()
    return stop.code


class _Shown:
    """What was written, and how far that is."""

    def __init__(self, catalog: Catalog | None, consumer: str | None, style: str) -> None:
        """`catalog` keeps the place of a `consumer`."""
        self.consumer = consumer
        self.position = catalog.ask(GetConsumerPositionQuery(consumer)) if catalog and consumer is not None else 0
        self._catalog = catalog
        self._writer = None if style == TABLE else RecordWriter(style, CloudEventDto)
        self._is_whole = style == "json"
        self._stored = self.position

    def write(self, page: EventsShown) -> None:
        for event in page.events:
            if self._writer is None:
                write_line(_in_words(event))
            else:
                self._writer.write(event)
        self.position = page.position
        if not self._is_whole:
            self._move()

    def end(self) -> None:
        if self._writer is not None:
            self._writer.end()
        self._move()

    def _move(self) -> None:
        """The cursor follows what the reader got."""
        sys.stdout.flush()
        if self._catalog is not None and self.consumer is not None and self.position != self._stored:
            self._catalog.run(MoveConsumerCommand(self.consumer, self._stored, self.position))
            self._stored = self.position


def _pages(
    catalog: CatalogGateway, shown: _Shown, limit: int | None, stop: Stop, *, follow: bool
) -> Iterator[EventsShown]:
    if shown.consumer is None:
        yield catalog.last_events(limit or _LAST)
        if not follow:
            return
    left = limit if shown.consumer is not None else None
    while left is None or left > 0:
        if stop.is_set():
            return
        page = catalog.events(shown.position, _PAGE if left is None else min(left, _PAGE))
        if page.position > shown.position:
            yield page
            left = None if left is None else left - len(page.events)
        elif not follow:
            return
        else:
            stop.wait(_POLL_SECONDS)


def _in_words(event: CloudEventDto) -> str:
    told = ((name, value) for name, value in event.data.items() if value is not None and name != "aggregate_id")
    data = "  ".join(f"{name}={value}" for name, value in told)
    at = datetime.fromisoformat(event.time).isoformat(sep=" ", timespec="seconds")
    kind = event.type.removeprefix("data_management.").rpartition(".")[0]
    return f"{int(event.sequence)}  {at}  {kind}  {event.subject}  {data}"


@events.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens next, until Ctrl-C.")
@format_option()
@click.pass_obj
def relay(backend: Backend, follow: bool, style: str) -> int:
    """Deliver what is due to the destinations of DATA_MANAGEMENT_EVENTS; with --follow until Ctrl-C.

    Exit code: 4 where a destination did not take all.
    """
    app = backend.local()
    if not app.relay.destinations:
        write_error("events are sent nowhere; set DATA_MANAGEMENT_EVENTS, then run this again")
        return ExitCode.USAGE
    with stopping() as stop:
        report = app.relay.tick(stop=stop.is_set)
        _write(report, style)
        if follow:
            _follow(app, style, stop)
        app.relay.close()
        if stop.is_set():
            return stop.code
    troubled = any(each.failed or each.dead or each.state is RelayState.PAUSED for each in report.destinations)
    return ExitCode.UNAVAILABLE if troubled else ExitCode.OK


def _follow(app: Application, style: str, stop: Stop) -> None:
    while not stop.wait(_POLL_SECONDS):
        try:
            report = app.relay.tick(stop=stop.is_set)
        except Unavailable as error:  # it worked before, and may again
            write_error(error.message)
            stop.wait(_AFTER_TROUBLE_SECONDS)
            continue
        if any(each.delivered or each.failed or each.dead for each in report.destinations):
            _write(report, style)


def _write(report: RelayReport, style: str) -> None:
    shown = RelayDto.of(report)
    if style != TABLE:
        write_record("jsonl" if style == "json" else style, shown)
        return
    write_table(
        "Relay",
        ("destination", "", "delivered", "failed", "dead"),
        ((each.destination, each.standing, each.delivered, each.failed, each.dead) for each in shown.destinations),
    )


@events.command()
@format_option()
@click.pass_obj
def status(backend: Backend, style: str) -> None:
    """Show destinations, and how far the relay has come for each."""
    app = backend.local()
    found = [
        DestinationDto.of(view, in_use=view.destination.name in app.relay.destinations)
        for view in app.ask(ListDestinationsQuery())
    ]
    if style != TABLE:
        write_records(style, DestinationDto, found)
        return
    write_table(
        "Destinations",
        ("destination", "in use", "position", "behind", "waiting", "dead", "paused until"),
        (
            (
                each.destination,
                "yes" if each.in_use else "no",
                each.position,
                each.behind,
                each.waiting,
                each.dead,
                each.paused_until,
            )
            for each in found
        ),
    )


@events.command()
@click.option(
    "--limit", "-n", type=click.IntRange(1, MOST_ROWS), default=100, show_default=True, help="How many at most."
)
@format_option()
@click.pass_obj
def dead(backend: Backend, limit: int, style: str) -> None:
    """List dead letters: events that a destination did not take, and that are not tried any more."""
    found = [DeadLetterDto.of(letter) for letter in backend.catalog().ask(ListDeadLettersQuery(limit))]
    if style != TABLE:
        write_records(style, DeadLetterDto, found)
        return
    write_table(
        "Dead letters",
        ("event", "destination", "type", "subject", "attempts", "reason"),
        ((each.id, each.destination, each.type, each.subject, each.attempts, each.reason) for each in found),
    )


@events.command()
@click.argument("event_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@format_option()
@click.pass_obj
def retry(backend: Backend, event_id: str | None, everything: bool, style: str) -> None:
    """Have dead letters delivered after all, from the next relay on: those of one event, or all."""
    if everything == (event_id is not None):
        raise click.UsageError("name one event, as `events dead` shows it, or say --all")
    retried = backend.catalog().run(RetryDeadLettersCommand(event_id))
    if style != TABLE:
        write_record(style, RetriedDto(event=event_id, dead_letters=retried))
        return
    click.echo(f"{retried} dead letter(s) will be delivered again")


@events.command()
@click.argument("destination")
@format_option()
@click.pass_obj
def forget(backend: Backend, destination: str, style: str) -> None:
    """Forget a destination that is in use no more, with what waits for it; as `events status` shows it."""
    app = backend.local()
    if destination in app.relay.destinations:
        raise click.UsageError(f"{destination} is in use; take it out of DATA_MANAGEMENT_EVENTS first")
    app.run(ForgetDestinationCommand(destination))
    if style != TABLE:
        write_record(style, ForgottenDestinationDto(destination=destination))
        return
    write_line(f"{destination} is forgotten")
