"""Takes the README's pictures of the pages: the sample, as if its files had landed day after day.

Run from the root of the repository: `python docs/images/pages.py docs/images` (Chromium at $CHROMIUM, else /usr/bin/chromium);
without a folder it serves until Ctrl-C.
"""

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dependency_injector import providers
from playwright.sync_api import sync_playwright

from data_management.application.commands import CreateKeyCommand, RegisterDatasetCommand
from data_management.application.services import Application, record_landing, validate_arrivals
from data_management.container import Container
from data_management.domain.models import Principal, Role
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.orchestration.links import lineage_links
from data_management.presentation.api import create_app
from data_management.presentation.api.serving import server_of
from data_management.presentation.pages import PageOptions, create_pages
from data_management.settings import Settings

FROM = datetime(2013, 1, 2, 6, 0, tzinfo=UTC)


def damaged(lines: list[str], day: int) -> list[str]:
    """On some days cancelled flights, an unknown airport, or no carrier."""
    told = [line.split(",") for line in lines]
    header = told[0]
    origin, carrier, departure = (header.index(name) for name in ("origin", "carrier", "dep_time"))
    for number, row in enumerate(told[1:]):
        if day in (3, 4, 8) and number % 45 == 0:
            row[departure] = ""
        if day == 6 and number % 30 == 0:
            row[origin] = "XXX"
        if day == 9 and number % 60 == 0:
            row[carrier] = ""
    return [",".join(row) for row in told]


def filled(home: Path) -> Application:
    shutil.copytree("contracts", home / "contracts")
    now = [FROM]
    container = Container()
    container.settings.override(Settings(home=home, events_inline=False, workers=1))
    container.clock.override(providers.Object(lambda: now[0]))
    app = container.application()
    datasets = {each.name: each for r in OdcsContractReader().read_folder(home / "contracts") for each in r.datasets}
    for dataset in datasets.values():
        app.run(RegisterDatasetCommand(dataset))
        (home / "landing" / dataset.name).mkdir(parents=True)
    good = Path("landing/flights/flights_2013-01-01.csv").read_text().splitlines()
    for day in range(1, 13):
        text = "\n".join(damaged(good, day))
        (home / "landing" / "flights" / f"flights_2013-01-{day:02}.csv").write_text(text)
        for folder in ("planes", "weather"):
            for path in sorted(Path("landing", folder).iterdir())[day - 1 : day]:
                shutil.copy(path, home / "landing" / folder)
        for dataset in datasets.values():
            record_landing(app, dataset, 0.0)
            validate_arrivals(app, dataset, f"run-{day}")
        now[0] += timedelta(days=1, minutes=day)
    app.relay.tick()
    now[0] = datetime.now(UTC)
    return app


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as home, socket.create_server(("127.0.0.1", 0)) as listening:
        app = filled(Path(home))
        options = PageOptions(lineage_links("http://localhost:3000", ""))
        api = create_app(app, contracts=OdcsContractReader, pages=lambda *given: create_pages(*given, options))
        server = server_of(api)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        key = str(
            app.run(
                CreateKeyCommand("pictures", Role.READER, Principal("user/docs", Role.ADMIN), None, samples=True)
            ).shown
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/ui/"
        if folder is None:
            print(url, key, flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                time.sleep(100_000)
        else:
            take(url, key, Path(folder))
        server.should_exit = True
        thread.join(30)
        app.close()


def take(url: str, key: str, folder: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme, name in (("light", "pages"), ("dark", "pages-dark")):
            page = browser.new_page(viewport={"width": 1180, "height": 860}, color_scheme=scheme)
            page.goto(url)
            page.get_by_label("Key of the catalog").fill(key)
            page.get_by_role("button", name="Log in").click()
            if scheme == "light":
                page.screenshot(path=folder / "pages-datasets.png", clip={"x": 0, "y": 0, "width": 1180, "height": 330})
            page.get_by_role("link", name="flights").first.click()
            page.screenshot(path=folder / f"{name}-dataset.png")
            if scheme == "light":
                page.get_by_role("link", name="origin").first.click()
                page.get_by_role("link", name="flights_2013-01-06.csv").click()
                page.screenshot(path=folder / "pages-file.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2] or [None])
