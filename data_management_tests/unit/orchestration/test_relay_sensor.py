"""The relay sensor: there where events are sent anywhere, bounded, and in nobody's way."""

from dataclasses import replace

import dagster as dg
import pytest

from data_management.application.messaging import CloudEvent
from data_management.application.services import EventRelay
from data_management.orchestration import CATALOG
from data_management_tests.fakes import FakePublisher
from data_management_tests.unit.application.relaying import DOWN
from data_management_tests.unit.orchestration.project import AT_ONCE, Project

RELAYING = replace(AT_ONCE, relays_events=True, tick_seconds=5.0)


def sending(publisher: FakePublisher) -> Project:
    project = Project(options=RELAYING)
    world = project.world
    world.app.relay = EventRelay(unit_of_work=world.catalog.unit_of_work, publishers=[publisher], clock=world.clock)
    world.app.relay.tick()
    world.drop("a.csv")
    world.look()
    return project


def tick(project: Project) -> str:
    sensor = project.defs.resolve_sensor_def("event_relay_sensor")
    result = sensor(dg.build_sensor_context(instance=project.instance, resources={CATALOG: project.catalog}))
    assert isinstance(result, dg.SkipReason)
    return str(result.skip_message)


def test_a_tick_delivers_what_waits() -> None:
    publisher = FakePublisher()
    project = sending(publisher)
    assert tick(project) == "2 delivered to fake: (done)"
    assert [event.name for event in publisher.published] == ["DatasetRegistered", "DataAssetArrived"]
    assert tick(project) == "0 delivered to fake: (done)"


def test_a_tick_tells_of_trouble() -> None:
    assert tick(sending(FakePublisher(fails=lambda _: DOWN))) == "0 delivered, 2 failed to fake: (done)"


def test_a_tick_is_bounded_and_the_next_goes_on() -> None:
    publisher = FakePublisher(most=1)
    project = sending(publisher)

    def slow(_: CloudEvent) -> None:
        project.world.clock.advance(seconds=10)

    publisher.fails = slow
    assert tick(project) == "1 delivered to fake: (behind)"
    tick(project)
    assert len(publisher.ids) == len(set(publisher.ids)) == 2


def test_without_destinations_there_is_no_such_sensor() -> None:
    with pytest.raises(Exception, match="event_relay_sensor"):
        Project().defs.resolve_sensor_def("event_relay_sensor")
    dg.Definitions.validate_loadable(Project(options=RELAYING).defs)
