"""A connection to Postgres that breaks at any message, before the server has it or after its answer: nothing is lost or doubled.

``GUARANTEES=full`` breaks it at every message, else at each 37th.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import Engine

from data_management.errors import Unavailable
from data_management.infrastructure.data_sources.sql import unit_of_work
from data_management.infrastructure.data_sources.sql.readers import base
from data_management.infrastructure.persistence.engine import connect, create_catalog_engine, postgres_url
from data_management.infrastructure.persistence.schema import open_catalog
from data_management.infrastructure.persistence.tables import metadata
from data_management_tests.integration.faults.proxy import Cut, CuttingProxy
from data_management_tests.integration.faults.working import Working
from data_management_tests.integration.persistence.test_guarantees import FULL

EACH = 1 if FULL else 37


@contextmanager
def behind(postgres_catalog: str) -> Iterator[tuple[CuttingProxy, Engine, Engine]]:
    """The proxy, an engine that reaches the catalog by it, and one that reaches it straight away."""
    url = postgres_url(postgres_catalog)
    assert url.host is not None
    assert url.port is not None
    with CuttingProxy(url.host, url.port) as proxy:
        through, straight = open_catalog(url.set(port=proxy.port)), create_catalog_engine(url)
        try:
            yield proxy, through, straight
        finally:
            through.dispose()
            straight.dispose()


def emptied(straight: Engine) -> None:
    with straight.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(set(metadata.tables) - {'positions'})}")
        connection.exec_driver_sql("UPDATE positions SET last = 0")


def done_with(proxy: CuttingProxy, through: Engine, straight: Engine) -> Working:
    emptied(straight)
    proxy.cut_at(0)
    working = Working(through, files=3)
    working.app.relay.tick()  # the destination is known from here on
    return working


@pytest.mark.parametrize("how", Cut)
def test_a_look_and_a_run_do_not_notice_a_connection_that_breaks(postgres_catalog: str, how: Cut) -> None:
    with behind(postgres_catalog) as (proxy, through, straight):
        working = done_with(proxy, through, straight)
        working.go("run")
        messages, cuts, trouble = proxy.messages, 0, []
        working.assert_whole()
        for message in range(1, messages + 1, EACH):
            working = done_with(proxy, through, straight)
            proxy.cut_at(message, how)
            error = working.try_to_go("run")
            cuts += proxy.cuts
            proxy.cut_at(0)
            if error is not None and working.judged != set(working.names):  # a relay leaves it to its next tick
                trouble.append((message, str(error)))
            working.assert_acknowledged_is_stored()
            working.clock.advance(seconds=61)
            working.go("after")
            working.assert_whole()
        assert trouble == []
    print(f"{how.name}: {cuts} cuts, {messages} messages")  # noqa: T201
    assert cuts > 0.7 * messages / EACH, "where statements are prepared already, a run takes fewer"


@pytest.mark.parametrize("how", Cut)
def test_a_server_that_breaks_every_connection_is_named_and_nothing_is_lost(
    postgres_catalog: str, how: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (unit_of_work, base):
        monkeypatch.setattr(module, "connect", partial(connect, wait_seconds=0.3))
    with behind(postgres_catalog) as (proxy, through, straight):
        working = done_with(proxy, through, straight)
        working.go("run")
        messages, named = proxy.messages, 0
        for message in range(1, messages + 1, 2 * EACH):
            working = done_with(proxy, through, straight)
            proxy.cut_at(message, how, times=10_000)
            error = working.try_to_go("run")
            proxy.cut_at(0)
            named += error is not None
            if error is None:  # what was cut was needed no more: the relay's lease runs out
                working.assert_nothing_is_left()
            else:
                assert isinstance(error, Unavailable), message
                assert "catalog postgresql://" in str(error)
                assert "Pg!@" not in str(error)
            working.assert_acknowledged_is_stored()
            working.clock.advance(seconds=61)
            working.go("after")
            working.assert_whole()
    print(f"{how.name}: {named} errors, {messages} messages")  # noqa: T201
    assert named > 0.7 * messages / (2 * EACH)
