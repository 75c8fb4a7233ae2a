"""The API keeps what its OpenAPI document says: a short run every day, 10,000 cases with `contract_run`."""

from pathlib import Path

from data_management_tests.end_to_end.api.contract_run import run


def test_answers_are_those_that_the_document_tells(tmp_path: Path) -> None:
    code, requests, told = run(tmp_path, 100)
    assert code == 0, told[-8000:]
    assert requests > 100
