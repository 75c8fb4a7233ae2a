"""A run judges by the contract that its code location was loaded with, or not at all."""

from dataclasses import replace

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.queries import GetDefinitionQuery
from data_management.domain.models import DataLocation, Dataset
from data_management.orchestration import DefinitionOptions, Timing
from data_management.orchestration.pinning import CONTRACT_TAG, fingerprint
from data_management_tests.examples import not_null, orders
from data_management_tests.unit.orchestration.project import Project


def changed() -> Dataset:
    return replace(orders(), rules=(not_null(),))


def test_the_plan_of_a_run_tells_the_contract_that_was_shown() -> None:
    project = Project()
    project.world.drop("a.csv")
    result = project.materialize()
    run = project.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.execution_plan_snapshot_id is not None
    (step,) = project.instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id).steps
    assert (step.tags or {})[CONTRACT_TAG] == fingerprint(project.world.dataset)


def test_the_fingerprint_is_of_what_decides_how_files_are_judged() -> None:
    assert fingerprint(orders()) != fingerprint(changed())
    landing = orders().landing
    assert landing is not None
    elsewhere = replace(landing, root=DataLocation.from_path("/elsewhere"))
    assert fingerprint(orders()) != fingerprint(replace(orders(), landing=elsewhere))
    assert fingerprint(orders()) == fingerprint(replace(orders(), description="Other words.", owners=("a",)))


def test_a_sensor_requests_nothing_for_a_dataset_whose_contract_changed_on_disk() -> None:
    on_disk = [changed()]
    options = DefinitionOptions(
        timing=Timing(settle_seconds=0), is_current=lambda dataset: fingerprint(dataset) == fingerprint(on_disk[0])
    )
    project = Project(options=options)
    project.world.drop("a.csv")
    result = project.tick()
    assert not result.run_requests
    assert "the contracts of orders changed since this code location was loaded" in str(result.skip_reason)
    on_disk[0] = orders()
    assert len(project.tick().run_requests or []) == 1


def test_a_sensor_whose_contract_is_old_leaves_the_catalogs_definition_as_it_is() -> None:
    options = DefinitionOptions(timing=Timing(settle_seconds=0), is_current=lambda _: False)
    project = Project(options=options)
    app = project.world.app
    app.run(RegisterDatasetCommand(changed()))
    project.world.drop("a.csv")
    project.tick()
    assert app.ask(GetDefinitionQuery("orders")).plan_hash == changed().plan_hash
    assert project.world.statuses() == {}, "where files land may have changed too"


def test_a_run_that_finds_another_contract_judges_nothing_and_says_so() -> None:
    project, other = Project(), Project(dataset=changed())
    project.world.drop("a.csv")
    run = project.instance.create_run_for_job(project.defs.resolve_job_def("validate_datasets"))
    reloaded = InMemoryJob(other.defs.resolve_job_def("validate_datasets"))
    list(execute_run_iterator(reloaded, run, project.instance))
    failures = [log.dagster_event for log in project.instance.all_logs(run.run_id, dg.DagsterEventType.STEP_FAILURE)]
    assert "changed since this code location was loaded" in str(
        [event.event_specific_data for event in failures if event]
    )
    assert project.world.statuses() == other.world.statuses() == {}
