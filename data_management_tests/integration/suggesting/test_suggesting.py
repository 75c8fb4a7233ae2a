"""Suggested contracts of real and generated files, by the real engine."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_management.application.ports import ContractTerms
from data_management.domain.models import SuggestionKind, Verdict
from data_management.infrastructure.contracts import OdcsContractWriter
from data_management_tests.integration.suggesting.direct import contract_of, kept, read, read_back, suggested, verdicts
from data_management_tests.integration.suggesting.generated import Stream, streams

PROJECT = Path(__file__).parents[3]
SAMPLES = {
    "flights": sorted((PROJECT / "landing/flights").glob("*.csv*")),
    "planes": [path for path in sorted((PROJECT / "landing/planes").iterdir()) if "embraer" not in path.name],
    "weather": sorted((PROJECT / "landing/weather").iterdir()),
}


def text_of(files: list[Path], min_confidence: float = 0.95) -> str:
    return OdcsContractWriter().suggested(suggested(files, min_confidence), ContractTerms(name="suggested"))


def uncommented(text: str) -> str:
    """As a person leaves it who accepts every suggestion: reasons and notes stay comments."""
    return re.sub(r"^( +)# (?!\d\S*: |only |it )", r"\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("dataset", SAMPLES)
def test_the_sample_passes_the_contract_that_it_suggests(dataset: str, tmp_path: Path) -> None:
    suggestion = suggested(SAMPLES[dataset])
    contract = read_back(suggestion, tmp_path)
    assert {rule.name: rule.definition_hash for rule in contract.rules} == {
        each.rule.name: each.rule.definition_hash for each in suggestion.active
    }
    assert set(verdicts(contract, SAMPLES[dataset])) == {Verdict.PASS}


def test_every_rule_may_be_accepted_by_removing_its_comment(tmp_path: Path) -> None:
    suggestion = suggested(SAMPLES["flights"])
    text = text_of(SAMPLES["flights"])
    accepted = read(uncommented(text), tmp_path)
    assert {rule.name for rule in accepted.rules} == {each.rule.name for each in suggestion.rules}
    assert len(accepted.rules) > len(suggestion.active)


@pytest.mark.parametrize("stream", list(streams(4, rows=60, seed=5)), ids=lambda stream: str(stream.seed))
def test_generated_files_pass_the_contract_that_they_suggest(stream: Stream, tmp_path: Path) -> None:
    files = stream.deliver(tmp_path / "landing", range(2))
    assert set(verdicts(read_back(suggested(files, 0.5), tmp_path), files)) == {Verdict.PASS}


def test_what_is_suggested_mostly_holds_for_files_that_were_not_seen(tmp_path: Path) -> None:
    active = held = 0
    for place, stream in enumerate(streams(4, rows=300, seed=303)):
        suggestion = suggested(stream.deliver(tmp_path / str(place), range(3)))
        of, holding = kept(
            suggestion, read_back(suggestion, tmp_path), stream.deliver(tmp_path / str(place), range(3, 6))
        )
        active, held = active + of.total(), held + holding.total()
    assert active > 60
    assert held >= 0.95 * active


def test_no_value_of_a_private_column_stands_in_the_contract(tmp_path: Path) -> None:
    people = [f"canary{number}@example.org" for number in range(40)]
    for number in (1, 2):
        rows = "".join(f"{place % 5},{people[place % 7 + 7 * number]}\n" for place in range(200))
        (tmp_path / f"{number}.csv").write_text("grade,email\n" + rows)
    files = [tmp_path / "1.csv", tmp_path / "2.csv"]
    suggestion = suggested(files)
    assert {each.kind for each in suggestion.rules_of("email")} == {SuggestionKind.TYPE, SuggestionKind.REQUIRED}
    text = text_of(files)
    assert "canary" not in text
    assert "@" not in text
    assert "classification: confidential" in text


def test_values_of_a_column_that_one_file_shows_to_be_private_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("contact\n" + "canary\n" * 200)
    (tmp_path / "2.csv").write_text("contact\n" + "".join(f"canary{place}@example.org\n" for place in range(200)))
    assert "canary" not in text_of([tmp_path / "1.csv", tmp_path / "2.csv"])


def test_a_column_of_some_files_alone_is_noted_and_has_no_rule(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n" + "1,x\n" * 100)
    (tmp_path / "2.csv").write_text("a\n" + "1\n2\n" * 100)
    files = [tmp_path / "1.csv", tmp_path / "2.csv"]
    suggestion = suggested(files)
    assert not suggestion.rules_of("b")
    assert suggestion.columns[1].notes == ("only 1 of 2 files have it",)
    assert set(verdicts(read_back(suggestion, tmp_path), files)) == {Verdict.PASS}


def test_values_that_a_sample_misses_are_counted(tmp_path: Path) -> None:
    values = [f"kind {place % 4}" for place in range(60_000)]
    values[31_007] = "rare"
    pq.write_table(pa.table({"kind": values}), tmp_path / "1.parquet")
    suggestion = suggested([tmp_path / "1.parquet"])
    (allowed,) = [each for each in suggestion.rules_of("kind") if each.kind is SuggestionKind.ALLOWED_VALUES] or [None]
    assert allowed is None or "rare" in allowed.rule.expectations[0].kwargs["value_set"]


HOSTILE = [
    "no",
    "1e5",
    "12:30",
    "a: b",
    "- x",
    "#",
    "'",
    '"',
    "{",
    "\\d",
    "é\u2028",
    "🙂",
    "a.b",
    "null",
    "~",
    "0x1F",
    " x ",
]


def test_hostile_names_and_values_read_back(tmp_path: Path) -> None:
    count = 400
    table = {name: [f"{HOSTILE[row % len(HOSTILE)]}" for row in range(count)] for name in HOSTILE}
    pq.write_table(pa.table(table), tmp_path / "1.parquet")
    suggestion = suggested([tmp_path / "1.parquet"])
    contract = read_back(suggestion, tmp_path)
    assert [column.name for column in contract.columns] == HOSTILE
    assert {rule.definition_hash for rule in contract.rules} == {
        each.rule.definition_hash for each in suggestion.active
    }
    assert any(each.kind is SuggestionKind.ALLOWED_VALUES for each in suggestion.active)
    assert verdicts(contract, [tmp_path / "1.parquet"]) == [Verdict.PASS]


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    found = contract_of([tmp_path / "empty.csv", *SAMPLES["planes"]])
    assert found.suggestion is not None
    assert found.suggestion.files == len(SAMPLES["planes"])
    assert [path for path, _ in found.rejected] == [str(tmp_path / "empty.csv")]
    assert contract_of([tmp_path / "empty.csv"]).suggestion is None
