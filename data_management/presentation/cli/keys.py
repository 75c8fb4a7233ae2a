"""``keys`` and ``audit``: who may ask the server, and who did what."""

from datetime import UTC, datetime, timedelta

import click

from data_management.application.commands import CreateKeyCommand, RevokeKeyCommand
from data_management.application.ports import AuditFilter
from data_management.application.queries import ListKeysQuery
from data_management.domain.models import Role
from data_management.presentation.cli.ages import age
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.output import TABLE, format_option, write_record, write_records, write_table
from data_management.presentation.cli.users import system_user
from data_management.presentation.dtos.keys import AuditRecordDto, IssuedKeyDto, KeyDto


@click.group()
def keys() -> None:
    """Keys with which programs and people ask the server of `data-management serve`."""


@keys.command("create")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="reader sees; consumer moves offsets of consumers too; editor registers and retires too; admin erases, says where files land, and reads the audit.",
)
@click.option("--dataset", "datasets", multiple=True, help="For this dataset alone; repeatable.  [default: all]")
@click.option("--samples", is_flag=True, help="It shows values of the data too: samples, commonest values.")
@click.option("--expires-in", callback=age, help="How long it opens anything: 90d, 12w or 36h.  [default: for ever]")
@format_option()
@click.pass_obj
def create_key(
    backend: Backend,
    name: str,
    role: str,
    datasets: tuple[str, ...],
    samples: bool,
    expires_in: timedelta | None,
    style: str,
) -> None:
    """Create a key. NAME says who or what will use it.

    The key is shown once: the catalog keeps a hash of it.
    """
    app = backend.application()
    issued = app.run(
        CreateKeyCommand(
            name=name,
            role=Role(role),
            by=system_user(),
            datasets=datasets or None,
            samples=samples,
            expires_at=app.clock() + expires_in if expires_in else None,
        )
    )
    if style != TABLE:
        write_record(style, IssuedKeyDto.of_issued(issued))
        return
    click.echo(str(issued.shown))
    click.echo("This is the only time that it is shown. Send it as `Authorization: Bearer …`.", err=True)


@keys.command("list")
@format_option()
@click.pass_obj
def list_keys(backend: Backend, style: str) -> None:
    """List all keys, also those that open nothing any more."""
    app = backend.local()
    found = [KeyDto.of(key, app.clock()) for key in app.ask(ListKeysQuery())]
    if style != TABLE:
        write_records(style, KeyDto, found)
        return
    write_table(
        "Keys",
        ("id", "name", "role", "datasets", "samples", "created", "by", "expires", "revoked"),
        (
            (
                key.id,
                key.name,
                key.role,
                "all" if key.datasets is None else ", ".join(key.datasets),
                "yes" if key.samples else None,
                key.created_at.isoformat(timespec="seconds"),
                key.created_by,
                key.expires_at and key.expires_at.isoformat(timespec="seconds"),
                key.revoked_at and key.revoked_at.isoformat(timespec="seconds"),
            )
            for key in found
        ),
    )


@keys.command("revoke")
@click.argument("key_id")
@format_option()
@click.pass_obj
def revoke_key(backend: Backend, key_id: str, style: str) -> None:
    """End a key: it opens nothing from now on. KEY_ID is what `keys list` shows."""
    app = backend.local()
    key = KeyDto.of(app.run(RevokeKeyCommand(key_id, system_user())), app.clock())
    if style != TABLE:
        write_record(style, key)
        return
    assert key.revoked_at is not None
    click.echo(f"key {key.id} ({key.name}) is revoked since {key.revoked_at.isoformat(timespec='seconds')}")


@click.command()
@click.option("--who", help="Only of these: key/ID, user/NAME, oidc/SUBJECT.")
@click.option("--action", help="Only these: dataset.register, consumer.reset, key.create, audit.prune, …")
@click.option("--subject", help="Only about this: dataset/NAME, data_asset/ID, key/ID.")
@click.option("--since", callback=age, help="Only what is no older: 90d, 12w or 36h.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@format_option()
@click.pass_obj
def audit(
    backend: Backend,
    who: str | None,
    action: str | None,
    subject: str | None,
    since: timedelta | None,
    limit: int,
    style: str,
) -> None:
    """Show who did, or was denied, what: the newest first."""
    wanted = AuditFilter(who, action, subject, datetime.now(UTC) - since if since else None)
    found = backend.gateway().audit(wanted, limit)
    if style != TABLE:
        write_records(style, AuditRecordDto, found)
        return
    write_table(
        "Audit",
        ("at", "who", "outcome", "action", "subject", "before", "after", "because"),
        (
            (
                record.at.isoformat(timespec="seconds"),
                record.who,
                record.outcome,
                record.action,
                record.subject,
                record.before,
                record.after,
                record.reason,
            )
            for record in found
        ),
    )
