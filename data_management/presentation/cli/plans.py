"""``datasets plan``: the rules as they were defined when a score or a validation was made."""

import click

from data_management.errors import InvalidInput, NotFound
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.output import TABLE, format_option, write_record, write_records, write_table
from data_management.presentation.dtos.plans import PlanDto

_SHOWN = 12


@click.command("plan")
@click.argument("name", shell_complete=complete_dataset)
@click.argument("plan", required=False)
@format_option()
@click.pass_obj
def plan_of_dataset(backend: Backend, name: str, plan: str | None, style: str) -> None:
    """Show the plans that ever judged a dataset, or the rules of one of them, as they were defined then.

    PLAN is the beginning of a plan's name, as `scores` and `assets show` tell it.
    """
    known = backend.gateway().plans(name)
    if plan is None:
        if style != TABLE:
            write_records(style, PlanDto, known)
            return
        rows = ((each.plan[:_SHOWN], "yes" if each.present else None, _count(each)) for each in known)
        write_table(f"Plans of {name}, the newest first", ("plan", "of the present contract", "rules"), rows)
        return
    found = _find(name, plan, known)
    if style != TABLE:
        write_record(style, found)
        return
    write_table(
        f"Plan {found.plan[:_SHOWN]} of {name}",
        ("rule", "expectation", "column", "dimension", "severity", "weight", "threshold"),
        (
            (
                rule.rule,
                "; ".join(f"{each['type']} {each['kwargs']}" for each in rule.expectations) or rule.not_run,
                rule.column,
                rule.dimension,
                rule.severity,
                f"{rule.weight:g}",
                rule.threshold and f"{rule.threshold['operator']} {rule.threshold['bounds']} {rule.threshold['unit']}",
            )
            for rule in found.rules or ()
        ),
    )
    if found.rules is None:
        click.echo("It judged before definitions were kept: its rules are not known.", err=True)


def _find(name: str, wanted: str, known: list[PlanDto]) -> PlanDto:
    found = [each for each in known if each.plan.startswith(wanted)]
    if not found:
        names = ", ".join(each.plan[:_SHOWN] for each in known) or "none"
        raise NotFound(f"dataset {name!r} was never judged by a plan {wanted!r}; it was by: {names}")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} plans of dataset {name!r} begin with {wanted!r}; write more of it")
    return found[0]


def _count(plan: PlanDto) -> int | str:
    return "not known" if plan.rules is None else len(plan.rules)
