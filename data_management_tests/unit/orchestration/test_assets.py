"""A dataset in Dagster: what a run materializes, checks, skips and blocks."""

from dataclasses import replace

import dagster as dg
import pytest

from data_management.application.ports import ContractProblem, ContractReading
from data_management.domain.models import (
    Category,
    Classification,
    ClassifiedBy,
    Column,
    ColumnProfile,
    ColumnSpec,
    Dataset,
    Operator,
    Sensitivity,
    Threshold,
)
from data_management.errors import Unavailable
from data_management.orchestration import DefinitionOptions, Timing
from data_management.orchestration.results import Granularity
from data_management_tests.examples import clean, dirty, in_range, not_null, orders, row_count, text_rule
from data_management_tests.unit.orchestration.project import Project, events

BESIDE: dict[Granularity, list[str]] = {
    "per_rule": ["id__required failed WARN", "amount__range failed WARN"],
    "per_dimension": ["completeness failed WARN", "conformity failed WARN"],
}


@dg.asset(deps=[dg.AssetKey("orders")])
def orders_clean() -> int:
    return 1


def test_a_run_materializes_the_dataset_with_its_checks() -> None:
    project = Project()
    project.world.drop("a.csv")
    result = project.materialize()
    assert result.success
    assert events(result) == [
        "materialized orders",
        "verdict passed",
        "id__required passed",
        "amount__range passed",
        "schema passed",
    ]


def test_the_materialization_carries_numbers_that_the_ui_plots() -> None:
    columns = (ColumnSpec("id", "integer", required=True, description="The order's number."),)
    dataset = Dataset("orders", "sales", "1.0.0", orders().landing, columns, orders().rules)
    project = Project({"bad|.csv": dirty(3)}, dataset)
    project.world.drop("a.csv")
    project.world.drop("bad|.csv")
    result = project.materialize()
    (materialization,) = result.asset_materializations_for_node("validate_orders")
    (verdict,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "verdict"]
    assert verdict.metadata["score_lower"].value == 50.0
    metadata = {name: entry.value for name, entry in materialization.metadata.items()}
    assert metadata["score"] == 100.0
    assert metadata["score_lower"] == 50.0
    assert metadata["plan"] == project.world.dataset.plan_hash[:12]
    assert (metadata["plan_changed"], metadata["files_to_judge_again"]) == (False, 0)
    assert metadata["score/completeness"] == 100.0
    assert metadata["dagster/row_count"] == 100
    assert (metadata["accepted"], metadata["quarantined"], metadata["rejected"]) == (1, 1, 0)
    assert metadata["dagster/uri"] == "file:///landing/orders/*.csv"
    assert metadata["dagster/column_schema"].columns[0].name == "id"
    assert "| bad&#124;.csv | quarantined |" in metadata["failures"]


def test_nothing_new_is_skipped_not_failed_and_so_is_what_is_downstream() -> None:
    project = Project(downstream=[orders_clean])
    project.world.drop("a.csv")
    assert "materialized orders_clean" in events(project.materialize("orders", "orders_clean"))
    again = project.materialize("orders", "orders_clean")
    assert again.success
    assert events(again) == ["skipped orders_clean"]


def test_a_manual_run_finds_files_that_no_sensor_has_seen() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.materialize()
    assert project.world.statuses() == {"a.csv": ["accepted"]}


def test_what_was_judged_without_dagster_is_materialized_once() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.world.look_and_run("by hand")
    assert "materialized orders" in events(project.materialize())
    assert events(project.materialize()) == []


def test_a_failed_verdict_holds_downstream_back() -> None:
    project = Project({"a.csv": dirty(3)}, downstream=[orders_clean])
    project.world.drop("a.csv")
    result = project.materialize("orders", "orders_clean")
    assert not result.success
    assert "verdict failed ERROR" in events(result)
    assert "materialized orders_clean" not in events(result)


def test_one_bad_file_among_good_ones_warns_and_holds_nothing_back() -> None:
    project = Project({"bad.csv": dirty(3)}, downstream=[orders_clean])
    project.world.drop("a.csv")
    project.world.drop("bad.csv")
    result = project.materialize("orders", "orders_clean")
    assert result.success
    assert "verdict passed" in events(result)
    assert "id__required failed ERROR" in events(result)
    assert "materialized orders_clean" in events(result)


def test_the_data_version_is_that_of_the_accepted_files() -> None:
    project = Project({"bad.csv": dirty(3)})
    project.world.drop("a.csv")
    first = _data_version(project.materialize())
    project.world.drop("bad.csv")
    second = _data_version(project.materialize())
    project.world.drop("b.csv")
    third = _data_version(project.materialize())
    assert first == second
    assert second != third


def test_revalidation_runs_checks_and_materializes_nothing() -> None:
    project = Project()
    project.world.drop("a.csv")
    project.materialize()
    result = project.revalidate()
    assert result.success
    assert events(result) == ["verdict passed", "id__required passed", "amount__range passed", "schema passed"]


def test_an_error_fails_the_verdict_and_the_run_with_the_reason() -> None:
    project = Project()
    project.broken = Unavailable("catalog c.db is locked; try again")
    result = project.materialize()
    assert not result.success
    assert events(result)[0] == "verdict failed ERROR"


def test_a_rule_that_nothing_runs_has_no_check_and_is_named_on_the_page() -> None:
    project = Project(dataset=orders(not_null(), in_range(), text_rule()))
    asset = project.defs.resolve_assets_def("orders")
    assert sorted(spec.name for spec in asset.check_specs) == ["amount__range", "id__required", "schema", "verdict"]
    (spec,) = asset.specs
    assert spec.metadata["data_management/rules_not_run"].value == {"explained": "a text rule is for people"}


@pytest.mark.parametrize(("checks", "beside"), BESIDE.items())
def test_every_check_has_a_result_when_the_verdict_fails(checks: Granularity, beside: list[str]) -> None:
    options = DefinitionOptions(checks=checks, timing=Timing(settle_seconds=0))
    project = Project({"a.csv": "it cannot be read"}, orders(not_null(), in_range(), text_rule()), options)
    project.world.drop("a.csv")
    result = project.materialize()
    assert not result.success
    assert sorted(events(result)[2:]) == sorted([*beside, "schema passed"])
    (evaluation,) = [each for each in result.get_asset_check_evaluations() if each.check_name == beside[0].split()[0]]
    assert evaluation.description == "not measured: no file could be read that it could be run on"


@pytest.mark.parametrize(("checks", "beside"), BESIDE.items())
def test_every_check_has_a_result_when_nothing_could_be_judged(checks: Granularity, beside: list[str]) -> None:
    options = DefinitionOptions(checks=checks, timing=Timing(settle_seconds=0))
    project = Project(dataset=orders(not_null(), in_range(), text_rule()), options=options)
    project.broken = Unavailable("catalog c.db is locked; try again")
    assert sorted(events(project.materialize())) == sorted([*beside, "schema failed WARN", "verdict failed ERROR"])


def test_judging_again_leaves_the_check_of_columns_as_it_was() -> None:
    project = Project({"b.csv": replace(clean(), columns=(Column("name", "VARCHAR"),))})
    for name in ("a.csv", "b.csv"):
        project.world.drop(name)
        project.materialize()
    project.broken = Unavailable("catalog c.db is locked; try again")
    project.revalidate()
    project.broken = None
    assert "schema failed ERROR" in events(project.revalidate())


def test_a_check_tells_its_threshold_in_the_words_of_the_contract() -> None:
    rule = row_count(threshold=Threshold(Operator.MUST_BE_BETWEEN, (500.0, 1200.0)))
    project = Project({"a.csv": clean(rule, not_null())}, orders(rule, not_null()))
    (spec,) = [each for each in project.defs.resolve_assets_def("orders").check_specs if each.name == "enough_rows"]
    assert spec.description == "enough_rows: rowCount mustBeBetween [500, 1200]"
    assert spec.metadata["threshold"] == "rowCount mustBeBetween [500, 1200]"
    project.world.drop("a.csv")
    result = project.materialize()
    told = {each.check_name: each.metadata for each in result.get_asset_check_evaluations()}
    assert told["enough_rows"]["threshold"].value == "rowCount mustBeBetween [500, 1200]"
    assert "threshold" not in told["id__required"]


def test_above_fifty_rules_checks_are_per_dimension() -> None:
    rules = [not_null(f"id.r{number}") for number in range(51)]
    asset = Project(dataset=orders(*rules, row_count())).defs.resolve_assets_def("orders")
    assert sorted(spec.name for spec in asset.check_specs) == ["completeness", "coverage", "schema", "verdict"]


def test_the_verdict_alone_can_be_asked_for() -> None:
    options = DefinitionOptions(checks="verdict", timing=Timing(settle_seconds=0))
    project = Project(options=options)
    project.world.drop("a.csv")
    assert events(project.materialize()) == ["materialized orders", "verdict passed"]


def test_columns_that_changed_are_a_check_that_holds_nothing_back() -> None:
    other = replace(clean(), columns=(Column("|id|", "VARCHAR"),))
    project = Project({"b.csv": other}, downstream=[orders_clean])
    project.world.drop("a.csv")
    project.materialize()
    project.world.drop("b.csv")
    result = project.materialize("orders", "orders_clean")
    assert "schema failed ERROR" in events(result)
    assert "materialized orders_clean" in events(result)
    (evaluation,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "schema"]
    assert evaluation.metadata["changes"].value.splitlines()[2] == (
        "| b.csv | column &#x27;&#124;id&#124;&#x27; was added; column &#x27;id&#x27; was removed (breaking) |"
    ).replace("&#x27;", "'")


def test_the_materialization_tells_what_the_columns_hold() -> None:
    profile = ColumnProfile("id|", 1, 3, minimum=1, maximum=9, mean=4.5, count=3)
    held = Classification("id|", Category.EMAIL, Sensitivity.CONFIDENTIAL, 0.9, "it looks so", ClassifiedBy.VALUES)
    project = Project({"a.csv": replace(clean(), profile=(profile,), classifications=(held,))})
    project.world.drop("a.csv")
    (materialization,) = project.materialize().asset_materializations_for_node("validate_orders")
    table = str(materialization.metadata["profile"].value)
    assert table.splitlines()[2] == "| id&#124; | email | 1 | 3 | 1 |  | 9 | 4.5 |"


def test_only_the_verdict_blocks() -> None:
    asset = Project().defs.resolve_assets_def("orders")
    assert [spec.name for spec in asset.check_specs if spec.blocking] == ["verdict"]


def test_owners_that_dagster_cannot_bear_become_metadata() -> None:
    dataset = Dataset("orders", "sales", "1", orders().landing, owners=("a@example.com", "Jane Doe", "team:sales"))
    spec = next(iter(Project(dataset=dataset).defs.resolve_assets_def("orders").specs))
    assert list(spec.owners) == ["a@example.com", "team:sales"]
    assert spec.metadata["data_management/owners"] == "Jane Doe"


def test_a_broken_contract_shows_its_error_while_the_others_work() -> None:
    problem = ContractProblem(
        "bad.yaml", "schema[0].quality[1]", "there is no metric 'nullValuez'", "use nullValues", 12
    )
    broken = ContractReading("bad.yaml", problems=(problem,), names=("returns",))
    project = Project(others=[broken])
    description = next(iter(project.defs.resolve_assets_def("returns").specs)).description or ""
    assert "bad.yaml:12 at schema&#91;0&#93;.quality&#91;1&#93;: there is no metric 'nullValuez'" in description
    project.world.drop("a.csv")
    assert project.materialize("orders").success
    failed = project.materialize("returns")
    assert not failed.success
    failure = failed.failure_data_for_node("validate_returns")
    assert failure is not None
    assert "use nullValues" in str(failure.user_failure_data)


def test_lineage_goes_from_landing_to_dataset() -> None:
    graph = Project().defs.resolve_asset_graph()
    assert graph.get(dg.AssetKey("orders")).parent_keys == {dg.AssetKey(["landing", "orders"])}
    assert graph.get(dg.AssetKey(["landing", "orders"])).is_external


def test_hostile_names_load_show_and_run() -> None:
    names = ["a b", "a.b", "a&b", "🙂", "x" * 300, "Ünï/cödé'; --", "verdict"]
    for name in names:
        dataset = Dataset(
            name, "c", "1", orders().landing, rules=(not_null("verdict"), in_range("a|b\n<b>")), tags=(name,)
        )
        project = Project(dataset=dataset)
        project.world.drop("a.csv")
        (key,) = [key for key in project.defs.resolve_asset_graph().get_all_asset_keys() if key.path[0] != "landing"]
        result = project.materialize(*["/".join(key.path)])
        assert result.success, name
    keys = {
        str(Project(dataset=orders(name=name)).defs.resolve_asset_graph().materializable_asset_keys) for name in names
    }
    assert len(keys) == len(names)


def _data_version(result: dg.ExecuteInProcessResult) -> str:
    (materialization,) = result.asset_materializations_for_node("validate_orders")
    return materialization.tags["dagster/data_version"]
