"""Files, rules and requests for the tests of the quality engine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_management.application.ports import ExaminationOutcome, ExaminationRequest, Examined, Unreadable
from data_management.domain.models import (
    Check,
    ColumnSpec,
    DataLocation,
    Dimension,
    Examination,
    Expectation,
    ReadOptions,
    Rule,
    VersionToken,
)
from data_management.infrastructure.quality.worker import examine_here


def rule(kind: str, name: str | None = None, **arguments: Any) -> Rule:
    return Rule(
        name=name or kind,
        expectations=(Expectation(f"expect_{kind}", arguments),),
        dimension=Dimension.ACCURACY,
        column=column if isinstance(column := arguments.get("column"), str) else None,
    )


def request(
    *files: Path, rules: Sequence[Rule] = (), columns: Sequence[ColumnSpec] = (), **more: Any
) -> ExaminationRequest:
    return ExaminationRequest(
        key=more.pop("key", files[0].name if files else "none"),
        locations=tuple(DataLocation.from_path(file) for file in files),
        rules=tuple(rules),
        columns=tuple(columns),
        **more,
    )


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def token_of(file: Path) -> VersionToken:
    status = file.stat()
    return VersionToken.of_file(status.st_size, status.st_mtime_ns)


def examined(outcome: ExaminationOutcome) -> Examination:
    assert isinstance(outcome, Examined), outcome
    return outcome.examination


def reason(outcome: ExaminationOutcome) -> str:
    assert isinstance(outcome, Unreadable), outcome
    return outcome.reason


def read(file: Path, *rules: Rule, columns: Sequence[ColumnSpec] = (), **options: Any) -> Examination:
    return examined(examine_here(request(file, rules=rules, columns=columns, options=ReadOptions(**options))))


def refused(file: Path, **options: Any) -> str:
    return reason(examine_here(request(file, options=ReadOptions(**options))))


def types(examination: Examination) -> dict[str, str]:
    return {column.name: column.type for column in examination.columns}


def only_check(file: Path, one: Rule, columns: Sequence[ColumnSpec] = ()) -> Check:
    (check,) = read(file, one, columns=columns).checks
    return check
