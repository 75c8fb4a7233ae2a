"""Whatever happens in whatever order, the catalog adds up, and in the end every file is judged."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data_management.application.ports import Changed, ExaminationRequest
from data_management.application.queries import AuditDatasetQuery, GetPendingQuery
from data_management.application.services import erase, prune, reconcile, revalidate
from data_management.application.views import Pending
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Check,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    FileFormat,
    ReadOptions,
    Revalidation,
    RuleScope,
    RuleTotals,
)
from data_management.errors import NotFound, Unavailable
from data_management_tests.examples import LANDING, examination, in_range, not_null, orders, row_count, rows_check
from data_management_tests.fakes import FakeUnitOfWork
from data_management_tests.fakes.world import CannedOutcome
from data_management_tests.unit.application.world import World, uri

NAMES = ("a.csv", "b.csv", "c.csv", "d.csv")
UNEXPECTED = {"good": 0, "warn": 7, "bad": 3}
CONTENTS = (*UNEXPECTED, "unreadable", "semicolons")
CONTRACTS = (
    orders(version="1"),
    replace(
        orders(not_null(), in_range(weight=9.0), version="2"),
        landing=replace(LANDING, options=ReadOptions(format=FileFormat.CSV, delimiter=";")),
    ),
    orders(not_null("only"), row_count(), replace(in_range("whole"), scope=RuleScope.DATASET), version="3"),
    replace(orders(not_null("slow"), version="4"), revalidation=Revalidation(most_files=1)),
)
DEAD = Unavailable("the process was killed")

name = st.sampled_from(NAMES)
content = st.sampled_from(CONTENTS)
moment = st.integers(min_value=1, max_value=8)


def is_readable(content: str, options: ReadOptions) -> bool:
    return content != "unreadable" and (content != "semicolons" or options.delimiter == ";")


def examine(request: ExaminationRequest) -> CannedOutcome:
    """What the content of each file, which its version token names, makes of the rules."""
    contents = [token.value.partition("-")[0] for token in request.version_tokens]
    if not all(is_readable(content, request.options) for content in contents):
        return "it cannot be read"
    rows = 100 * len(contents)
    checks = []
    for each in request.rules:
        shown = "warn" if each.name.startswith(("amount", "whole")) else "bad"
        unexpected = sum(UNEXPECTED.get(content, 0) for content in contents if content == shown)
        is_aggregate = each.expectations == row_count().expectations
        checks.append(Check.of(each, success=True) if is_aggregate else rows_check(each, unexpected, rows))
    return examination(*checks, rows=rows)


class TheCatalog(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World(examine, CONTRACTS[0])
        self.versions = 0
        self.runs = 0
        self.transactions_left: int | None = None
        self.world.app._unit_of_work = self.mortal_unit_of_work

    def mortal_unit_of_work(self) -> FakeUnitOfWork:
        if self.transactions_left is not None:
            self.transactions_left -= 1
            if self.transactions_left < 0:
                self.world.catalog.broken = DEAD
        return self.world.catalog.unit_of_work()

    @initialize(contents=st.lists(content, min_size=1, max_size=len(NAMES)))
    def some_files_are_judged(self, contents: list[str]) -> None:
        for name, content in zip(NAMES, contents, strict=False):
            self.a_file_lands(name, content)
        self.world.look_and_run(self.run_id())

    @rule(name=name, content=content)
    def a_file_lands(self, name: str, content: str) -> None:
        self.versions += 1
        self.world.drop(name, f"{content}-{self.versions}")

    @rule(name=name)
    def a_file_is_deleted(self, name: str) -> None:
        self.world.files.files.pop(uri(name), None)

    @rule(contract=st.sampled_from(CONTRACTS))
    def the_contract_changes(self, contract: Dataset) -> None:
        self.world.dataset = contract
        self.the_sensor_looks()

    @rule()
    def the_sensor_looks(self) -> None:
        self.world.look()
        current = {asset.location: asset.version_token for asset in self.world.assets()}
        found = {location: file.version_token.value for location, file in self.world.files.files.items()}
        assert found.items() <= current.items(), "a file that lies there is not the current one of the catalog"

    @rule(seconds=st.sampled_from((1, 61)))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds=seconds)

    @rule()
    def a_run_judges(self) -> None:
        report = self.world.run(self.run_id())
        latest = self.world.view().latest
        assert report.assessed is None or (latest is not None and latest.counts == self.world.view().counts)
        is_bounded = self.world.dataset.revalidation.most_files is not None
        assert is_bounded or not self.pending().outdated, "a run left files that another plan judged"
        assert report.outdated == self.pending().outdated

    @rule(after=moment)
    def a_run_is_killed(self, after: int) -> None:
        self.killed_after(after, lambda: self.world.run(self.run_id()))

    @rule(after=moment)
    def a_validation_of_all_is_killed(self, after: int) -> None:
        self.killed_after(after, lambda: revalidate(self.world.app, self.world.dataset, self.run_id()))

    @rule(at=name)
    def the_engine_breaks_at_a_file(self, at: str) -> None:
        self.world.engine.outcomes = lambda request: (
            Unavailable("no worker starts") if request.locations[0].name == at else examine(request)
        )
        with suppress(Unavailable):
            self.world.run(self.run_id())
        self.world.engine.outcomes = examine

    @rule(seconds=st.sampled_from((0, 61)), other=st.none() | st.sampled_from(CONTRACTS), name=name)
    def two_runs_meet(self, seconds: int, other: Dataset | None, name: str) -> None:
        """The second one runs, perhaps of other code and after the first one's lease, while the first one reads a file."""
        self.a_file_lands(name, "good")
        self.the_sensor_looks()
        contract = other or self.world.dataset
        mine, judged_meanwhile = self.world.dataset, set[str]()
        only_arrivals = contract is mine and not self.pending().outdated

        def interrupted(request: ExaminationRequest) -> CannedOutcome:
            self.world.engine.outcomes = examine
            self.world.clock.advance(seconds=seconds)
            self.world.dataset = contract
            judged_meanwhile.update(outcome.location for outcome in self.world.run(self.run_id()).outcomes)
            self.world.dataset = mine
            return examine(request)

        self.world.engine.outcomes = interrupted
        judged = {outcome.location for outcome in self.world.run(self.run_id()).outcomes}
        assert not only_arrivals or not judged & judged_meanwhile, "two runs judged one data asset"
        self.world.engine.outcomes = examine

    @rule(content=content)
    def a_file_is_replaced_while_it_is_read(self, content: str) -> None:
        def replaced(request: ExaminationRequest) -> CannedOutcome:
            self.world.engine.outcomes = examine
            if request.locations[0].uri in self.world.files.files:
                self.a_file_lands(request.locations[0].name, content)
            return Changed(request.key)

        self.world.engine.outcomes = replaced
        self.world.run(self.run_id())
        self.world.engine.outcomes = examine

    @rule()
    def all_is_validated_again(self) -> None:
        revalidate(self.world.app, self.world.dataset, self.run_id())

    @rule()
    def listing_and_catalog_are_reconciled(self) -> None:
        reconcile(self.world.app, self.world.dataset, settle_seconds=2.0)
        assert {asset.location for asset in self.world.assets()} == set(self.world.files.files)

    @rule()
    def the_past_is_forgotten(self) -> None:
        now = self.world.clock()
        foretold = prune(self.world.app, now, dry_run=True)
        assert prune(self.world.app, now, step=2) == foretold

    @rule(name=name, with_name=st.booleans())
    def a_deleted_file_is_erased(self, name: str, with_name: bool) -> None:
        self.a_file_is_deleted(name)
        with suppress(NotFound):
            erase(self.world.app, DataLocation(uri(name)), "ann", with_name=with_name)

    @invariant()
    def an_audit_finds_nothing(self) -> None:
        assert self.world.app.ask(AuditDatasetQuery("orders")).is_sound

    @invariant()
    def totals_are_the_sums_of_the_current_checks(self) -> None:
        state = self.world.catalog.state
        for status in (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED):
            kept = {total.rule: total for total in state.totals_of("orders", status) if total.rule != "whole"}
            assert kept == self.summed(status)

    @invariant()
    def every_location_has_one_current_data_asset(self) -> None:
        at = Counter(entry.asset.location for entry in self.current())
        assert set(at.values()) <= {1}

    @invariant()
    def what_arrived_is_queued_and_nothing_else(self) -> None:
        arrived = {entry.id for entry in self.current() if entry.status is AssetStatus.ARRIVED}
        assert set(self.world.catalog.state.arrivals) == arrived

    @invariant()
    def counts_add_up(self) -> None:
        of = Counter(entry.status for entry in self.current())
        assert not of[AssetStatus.REGISTERED], "a data asset was left between reading and judging"
        rows = sum(entry.row_count or 0 for entry in self.current() if entry.status is AssetStatus.ACCEPTED)
        assert self.world.catalog.state.counts("orders") == AssetCounts(
            pending=of[AssetStatus.ARRIVED],
            accepted=of[AssetStatus.ACCEPTED],
            quarantined=of[AssetStatus.QUARANTINED],
            rejected=of[AssetStatus.REJECTED],
            rows=rows,
        )

    @invariant()
    def an_entry_says_what_its_current_validation_says(self) -> None:
        latest = {validation.asset_id: validation for validation in self.world.catalog.state.validations}
        judged = [entry for entry in self.current() if entry.status.is_judged]
        assert all(
            (entry.score, entry.verdict) == (latest[entry.id].score, latest[entry.id].verdict) for entry in judged
        )

    def teardown(self) -> None:
        """In the end, with all well again, two looks and runs judge all that lies there."""
        self.listing_and_catalog_are_reconciled()
        for _ in range(2 * len(NAMES)):
            self.world.clock.advance(hours=1)
            self.world.look()
            self.world.run(self.run_id())
        assert not self.pending().arrivals.count
        assert not self.pending().outdated
        statuses = {asset.location: asset.status for asset in self.world.assets()}
        assert set(statuses) == set(self.world.files.files)
        assert self.world.dataset.landing is not None
        for location, file in self.world.files.files.items():
            content = file.version_token.value.partition("-")[0]
            assert statuses[location].is_judged == is_readable(content, self.world.dataset.landing.options), location

    def killed_after(self, transactions: int, use_case: Callable[[], object]) -> None:
        self.transactions_left = transactions
        with suppress(Unavailable):
            use_case()
        self.transactions_left, self.world.catalog.broken = None, None

    def run_id(self) -> str:
        self.runs += 1
        return f"run-{self.runs}"

    def pending(self) -> Pending:
        return self.world.app.ask(GetPendingQuery("orders", self.world.dataset.plan_hash, self.world.clock()))

    def current(self) -> list[DataCatalogEntry]:
        return [entry for entry in self.world.catalog.entries if entry.status.is_current]

    def summed(self, status: AssetStatus) -> dict[str, RuleTotals]:
        state = self.world.catalog.state
        latest = {validation.asset_id: validation for validation in state.validations}
        sums: dict[str, RuleTotals] = {}
        for entry in self.current():
            if entry.status is status and latest[entry.id].plan_hash == state.datasets["orders"].plan_hash:
                for check in latest[entry.id].checks:
                    sums[check.rule] = sums.get(check.rule, RuleTotals(check.rule)).plus(RuleTotals.of(check))
        return sums


TheCatalog.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=25,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTheCatalog = TheCatalog.TestCase
