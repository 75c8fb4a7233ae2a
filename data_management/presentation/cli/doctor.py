"""``data-management doctor``: is everything in place?"""

from collections.abc import Iterator

import click
from pydantic import BaseModel

from data_management.application.diagnosis import Condition, Finding, diagnose, failure_of
from data_management.errors import DataManagementError
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.output import TABLE, format_option, write_records, write_table


class FindingDto(BaseModel):
    """`condition` is ``ok``, ``warning`` or ``failure``; `fix` says what to do."""

    subject: str
    condition: str
    message: str
    fix: str | None

    @classmethod
    def of(cls, finding: Finding) -> "FindingDto":
        return cls(subject=finding.subject, condition=finding.condition.value, message=finding.message, fix=finding.fix)


@click.command()
@format_option()
@click.pass_obj
def doctor(backend: Backend, style: str) -> ExitCode:
    """Look at settings, catalog, contracts, landings, destinations of events, Dagster, versions, disks and clocks.

    Nothing is changed. Exit code: 4 where something fails; warnings are 0.
    """
    found = [FindingDto.of(finding) for finding in _findings(backend)]
    if style != TABLE:
        write_records(style, FindingDto, found)
    else:
        write_table(
            "Doctor",
            ("part", "", "what", "what to do"),
            ((each.subject, each.condition, each.message, each.fix) for each in found),
        )
    is_ill = any(each.condition == Condition.FAILURE for each in found)
    return ExitCode.UNAVAILABLE if is_ill else ExitCode.OK


def _findings(backend: Backend) -> Iterator[Finding]:
    try:
        probes = backend.probes()
    except DataManagementError as error:  # without settings there is nothing to look at
        yield failure_of("settings", error)
        return
    backend.must_be_local()
    yield Finding("settings", Condition.OK, f"the project is {backend.contracts_folder().absolute().parent}")
    yield from diagnose(probes)
