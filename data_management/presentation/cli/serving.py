"""``data-management serve``: the REST API."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import click

from data_management.application.commands import CreateKeyCommand, RevokeKeyCommand
from data_management.application.queries import ListKeysQuery
from data_management.application.services import Application
from data_management.domain.models import Role
from data_management.errors import InvalidInput, Unavailable
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.output import write_line
from data_management.presentation.cli.users import system_user
from data_management.presentation.signals import stopping

_DEV = timedelta(days=1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: one that is free.")
@click.option(
    "--dev", is_flag=True, help="Print an admin's key that ends with the server; on a loopback address alone."
)
@click.option(
    "--tls-certificate", type=click.Path(path_type=Path, exists=True), help="PEM file; with --tls-key: HTTPS."
)
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True), help="PEM file of the certificate's key.")
@click.pass_obj
def serve(backend: Backend, host: str, port: int, dev: bool, tls_certificate: Path | None, tls_key: Path | None) -> int:
    """Serve the REST API, until Ctrl-C or SIGTERM.

    It is closed by default: without a key (`data-management keys create`) or an issuer of tokens (DATA_MANAGEMENT_OIDC_ISSUER)
    it does not start. Beyond this machine put TLS before it, or give it a certificate.
    """
    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key go together")
    if dev and not _is_loopback(host):
        raise click.UsageError(
            f"--dev is for this machine alone, and {host} is not; create a key: data-management keys create"
        )
    from data_management.presentation.api import create_app
    from data_management.presentation.api import serve as serve_api
    from data_management.presentation.pages import create_pages

    app = backend.application()
    verifier = backend.token_verifier()
    if not dev and verifier is None and not any(key.is_in_force(app.clock()) for key in app.ask(ListKeysQuery())):
        raise InvalidInput(
            "the server does not start while nobody could ask it: create a key with `data-management keys create NAME --role "
            "reader`, or try it on this machine with `data-management serve --dev`"
        )
    pages = partial(create_pages, options=backend.page_options())
    api = create_app(app, contracts=backend.contracts, verifier=verifier, options=backend.api_options(), pages=pages)
    with _listening(host, port) as listening, stopping() as stop, _dev_key(app, dev=dev):
        at, number = listening.getsockname()[:2]
        shown = f"[{at}]" if ":" in at else at
        write_line(f"Serving at http{'s' if tls_key else ''}://{shown}:{number}/v1, until Ctrl-C.")
        write_line(f"Pages to look at: http{'s' if tls_key else ''}://{shown}:{number}/ui/, log in with a key.")
        try:
            serve_api(
                api,
                listening,
                stop.is_set,
                ssl_certfile=tls_certificate and str(tls_certificate),
                ssl_keyfile=tls_key and str(tls_key),
            )
        except ssl.SSLError as error:
            raise InvalidInput(
                f"--tls-certificate and --tls-key cannot be used: {error}; give two PEM files"
            ) from error
        finally:
            app.close()
    return stop.code


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise Unavailable(
            f"the server cannot listen at {host}, port {port}: {error}; choose others with --host and --port"
        ) from error
    with listening:
        yield listening


@contextmanager
def _dev_key(app: Application, *, dev: bool) -> Iterator[None]:
    """A key while the server runs."""
    if not dev:
        yield
        return
    by = system_user()
    issued = app.run(CreateKeyCommand("serve --dev", Role.ADMIN, by, samples=True, expires_at=app.clock() + _DEV))
    write_line(f"Key for this time: {issued.shown}")
    try:
        yield
    finally:
        app.run(RevokeKeyCommand(issued.key.id, by))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
