"""One request, from files to an examination. Importing this loads GX, pandas and pyarrow."""

from dataclasses import replace

import pandas as pd

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Column, Examination, ReadingNote
from data_management.domain.services import private_columns
from data_management.errors import Rejected
from data_management.infrastructure.quality.checks import checks_of
from data_management.infrastructure.quality.columns import typed_columns
from data_management.infrastructure.quality.files import read_file
from data_management.infrastructure.quality.profile import profiled
from data_management.infrastructure.quality.profiling import missing_extras
from data_management.infrastructure.quality.readers import RawTable, read_table


def examine(request: ExaminationRequest, most_bytes: int) -> Examination:
    """Raises `OtherVersion`, and `Rejected` for what cannot be read."""
    if not request.locations:
        raise Rejected("the request names no file; give it one location at least")
    tokens = request.version_tokens or (None,) * len(request.locations)
    tables: list[RawTable] = []
    digests: list[str] = []
    rows = 0
    for location, token in zip(request.locations, tokens, strict=True):
        content = read_file(location, token, most_bytes)
        digests.append(content.sha256)
        tables.append(read_table(content, request.options, most_bytes))
        rows += tables[-1].table.num_rows
    columns = typed_columns(tables, request.columns)
    notes = [note for table in tables for note in table.notes]
    if request.columns and columns and not any(spec.name in columns for spec in request.columns):
        notes.append(ReadingNote(code="header", message="it has none of the contract's columns; is the header there?"))
    profile, classifications = profiled(columns, rows, request)
    private = private_columns(request.columns, classifications)
    columns = {name: replace(column, is_private=name in private) for name, column in columns.items()}
    if missing := missing_extras():
        notes.append(
            ReadingNote(
                code="detectors",
                message=f"without {', '.join(missing)} fewer kinds of personal data are found; install data-management[pii]",
            )
        )
    with pd.option_context("mode.string_storage", "python"):  # regular expressions are Python's, not RE2's
        checks = checks_of(request.rules, columns, rows)
    return Examination(
        columns=tuple(Column(name=column.name, type=column.type) for column in columns.values()),
        row_count=rows,
        checks=checks,
        profile=profile,
        content_sha256=digests[0] if len(digests) == 1 else None,
        notes=tuple(notes),
        classifications=classifications,
    )
