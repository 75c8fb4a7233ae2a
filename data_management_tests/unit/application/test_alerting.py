"""People hear of a verdict when it changes, once, and when it is good again."""

from dataclasses import replace

import pytest

from data_management.application.alerts import Alert
from data_management.application.messaging import NotPublished, RecordedEvent
from data_management.application.queries import GetConsumerPositionQuery, ListEventsQuery
from data_management.application.services import AlertReport, alert_of, begin_alerts, send_alerts
from data_management.domain.models import AssetStatus, Dataset, Verdict
from data_management.errors import Conflict
from data_management.infrastructure.messaging.slack import alert_text
from data_management_tests.examples import clean, dirty, examination, in_range, not_null, orders, rows_check
from data_management_tests.fakes import FakeMessenger
from data_management_tests.unit.application.world import World

WARNS = examination(rows_check(not_null(), 0), rows_check(in_range(), 10))


class Told:
    """A world whose files are judged one after another, and whose alerts go to a messenger."""

    def __init__(self, dataset: Dataset | None = None, least: Verdict = Verdict.WARN) -> None:
        self.outcome = clean()
        self.world = World(lambda _: self.outcome, dataset)
        self.messenger = FakeMessenger()
        self.least = least
        self.runs = 0
        begin_alerts(self.world.app, "people")

    def judged(self, outcome: object) -> None:
        """The one file of the dataset is replaced by a version that is found to be like this."""
        self.runs += 1
        self.outcome = outcome  # type: ignore[assignment]
        self.world.drop("a.csv", f"v{self.runs}")
        self.world.clock.advance(seconds=60)
        self.world.look_and_run(f"run-{self.runs}")

    def tick(self) -> AlertReport:
        return send_alerts(self.world.app, self.messenger, "people", self.least)

    def texts(self) -> list[str]:
        self.tick()
        sent, self.messenger.sent = self.messenger.sent, []
        return [alert_text(alert) for alert in sent]


def test_a_change_is_told_once_and_the_mending_too() -> None:
    told = Told()
    told.judged(clean())
    assert told.texts() == []
    told.judged(dirty(20))
    (text,) = told.texts()
    assert text.splitlines()[0].startswith("Data quality of orders: fail (was pass).")
    told.judged(dirty(20))
    assert told.texts() == []  # as it was
    told.judged(clean())
    (text,) = told.texts()
    assert text.startswith("Resolved: data quality of orders: pass (was fail). Score 100.0")
    assert told.texts() == []


def test_the_first_verdict_is_told_where_it_is_bad() -> None:
    told = Told()
    told.judged(dirty(20))
    (text,) = told.texts()
    assert "fail (first verdict)" in text


def test_it_says_which_rules_made_the_difference() -> None:
    told = Told()
    told.judged(clean())
    told.judged(WARNS)
    (text,) = told.texts()
    assert text.splitlines() == [
        "Data quality of orders: warn (was pass). Score 95.0, was 100.0 (-5.0): amount.range -5.0.",
        "• rule 'amount.range' failed on 1 file(s)",
    ]


def test_the_contributions_sum_to_the_difference() -> None:
    told = Told(orders(*(replace(in_range(), name=f"rule{n:02}") for n in range(30))))
    rules = told.world.dataset.rules
    told.judged(examination(*(rows_check(rule, 0) for rule in rules)))
    told.judged(examination(*(rows_check(rule, n) for n, rule in enumerate(rules))))
    told.tick()
    (event,) = [
        e for e in told.world.app.ask(ListEventsQuery(0, 1000)) if e.aggregate == "dataset" and e.data.get("gained")
    ]
    assert sum(event.data["gained"].values()) == pytest.approx(event.data["value"] - event.data["previous"])
    assert len(event.data["gained"]) == 21
    text = alert_text(told.messenger.sent[-1])
    assert "rule29 -0.97, rule28 -0.93" in text
    assert "16 more" in text


def test_a_new_contract_is_said_to_be_the_reason() -> None:
    told = Told()
    told.judged(clean())
    told.world.dataset = orders(not_null(), in_range(), replace(in_range(), name="more"), version="2.0.0")
    told.judged(WARNS)
    (text,) = told.texts()
    assert "by other rules: the contract changed" in text


def test_only_fail_is_told_where_no_more_is_asked_for() -> None:
    told = Told(least=Verdict.FAIL)
    told.judged(clean())
    told.judged(WARNS)
    assert told.texts() == []
    told.judged(dirty(20))
    assert len(told.texts()) == 1
    told.judged(WARNS)
    (text,) = told.texts()
    assert text.startswith("Resolved: data quality of orders: warn (was fail).")
    told.judged(clean())
    assert told.texts() == []


def test_alerts_begin_with_what_happens_after_the_first_tick() -> None:
    told = Told()
    told.judged(dirty(20))
    assert begin_alerts(told.world.app, "another") == begin_alerts(told.world.app, "another") > 0
    messenger = FakeMessenger()
    assert send_alerts(told.world.app, messenger, "another").sent == 0
    told.judged(clean())
    assert send_alerts(told.world.app, messenger, "another").sent == 1


def test_a_receiver_that_is_away_hears_of_it_later_and_in_order() -> None:
    told = Told()
    told.messenger.answer = lambda _: NotPublished("it answered 503")
    told.judged(dirty(20))
    told.judged(clean())
    report = told.tick()
    assert (report.sent, report.failed) == (0, "it answered 503")
    told.messenger.answer = lambda _: None
    first, second = told.texts()
    assert "fail" in first
    assert "Resolved" in second


def test_what_a_receiver_will_never_take_is_left_out() -> None:
    told = Told()
    told.messenger.answer = lambda alert: None if alert.is_resolved else NotPublished("it answered 400", forever=True)
    told.judged(dirty(20))
    told.judged(clean())
    assert (told.tick().refused, len(told.messenger.sent)) == (1, 1)


def test_a_tick_that_dies_after_sending_sends_again_with_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    told.judged(dirty(20))
    run = told.world.app.run

    def dies(command: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(told.world.app, "run", dies)
    with pytest.raises(KeyboardInterrupt):
        told.tick()
    monkeypatch.setattr(told.world.app, "run", run)
    told.tick()
    told.tick()
    one, again = told.messenger.sent
    assert one.id == again.id


def test_two_that_serve_one_consumer_are_told_of_it() -> None:
    told = Told()
    told.judged(dirty(20))

    def meanwhile(_: Alert) -> None:
        told.messenger.answer = lambda _: None
        told.tick()

    told.messenger.answer = meanwhile
    with pytest.raises(Conflict):
        told.tick()


def test_the_time_is_looked_at() -> None:
    told = Told()
    told.judged(dirty(20))
    app = told.world.app
    assert send_alerts(app, told.messenger, "people", deadline=app.deadline(0)).sent == 0
    assert app.ask(GetConsumerPositionQuery("people")) == 0
    assert told.tick().sent == 1


def test_what_is_not_accepted_is_named_with_its_score_and_why() -> None:
    told = Told()
    told.judged(dirty(20))
    told.tick()
    (alert,) = told.messenger.sent
    (asset,) = alert.assets
    assert (asset.name, asset.status) == ("a.csv", AssetStatus.QUARANTINED)
    last = alert_text(alert).splitlines()[-1]
    assert last.startswith(f"• a.csv (quarantined): score {asset.score:.1f} (")


def test_names_call_nobody() -> None:
    told = Told(orders(name="<!channel> & friends\n"))
    told.judged(dirty(20))
    told.tick()
    (alert,) = told.messenger.sent
    assert alert.dataset == "<!channel> & friends\n"
    text = alert_text(alert)
    assert "Data quality of &lt;!channel&gt; &amp; friends : fail" in text


def test_an_event_of_before_has_no_verdict_before() -> None:
    data = {"verdict": "pass", "value": None, "previous": 4.0}
    event = RecordedEvent("e", 1, "dataset", "orders", 1, 0, "DatasetQualityUpdated", data, World().clock())
    assert alert_of(event) is None
    alert = alert_of(replace(event, data=data | {"verdict": "warn"}))
    assert alert is not None
    assert "No score, was 4.0." in alert_text(alert)
