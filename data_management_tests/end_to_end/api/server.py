"""The API over a real socket and a real catalog, within this process or as one of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from data_management.application.commands import CreateKeyCommand
from data_management.application.ports import TokenVerifier
from data_management.application.services import Application
from data_management.domain.models import Principal, Role
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.presentation.api import ApiOptions, create_app
from data_management.presentation.api.serving import server_of
from data_management.presentation.pages import create_pages

ROOT = Principal("user/test", Role.ADMIN)


@dataclass
class Server:
    url: str
    app: Application
    api: Any
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, role: str, *datasets: str, samples: bool = False) -> str:
        """A key of this role (for these datasets alone), made at the first call."""
        name = "-".join([role, *datasets, *(["samples"] if samples else [])])
        if name not in self.keys:
            command = CreateKeyCommand(name, Role(role), ROOT, datasets or None, samples)
            self.keys[name] = str(self.app.run(command).shown)
        return self.keys[name]

    def client(self, role: str | None = "admin", *datasets: str, samples: bool = False, **options: Any) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key(role, *datasets, samples=samples)}"} if role else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False, **options)


@contextmanager
def served(
    app: Application, verifier: TokenVerifier | None = None, options: ApiOptions = ApiOptions()
) -> Iterator[Server]:
    api = create_app(app, contracts=OdcsContractReader, verifier=verifier, options=options, pages=create_pages)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        server: uvicorn.Server = server_of(api)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{listening.getsockname()[1]}", app, api)
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()
