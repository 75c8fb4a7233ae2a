"""What is worth a second look in a contract that can be used."""

from collections.abc import Iterator

from data_management.domain.models import Dataset, Severity


def advice_on(dataset: Dataset) -> tuple[str, ...]:
    """Each with what to do."""
    return tuple(_advice(dataset))


def _advice(dataset: Dataset) -> Iterator[str]:
    if dataset.landing is None:
        yield "it names no landing, so no file ever arrives; add a server of type local or s3"
    if not dataset.columns:
        yield "it declares no columns; add 'properties:'"
    if not dataset.rules:
        yield "it has no rules, so it is never scored; add 'required:', 'logicalType:' or 'quality:'"
    elif not any(rule.severity is Severity.CRITICAL and rule.expectations for rule in dataset.rules):
        yield "none of its rules is critical, so no file is ever quarantined; give one of them 'severity: critical'"
    if not dataset.owners:
        yield "it has no owner; add 'team:' with a member of role owner"
    if not dataset.description:
        yield "it has no description; add 'description:' to its schema object"
    yield from _on_parts(dataset)


def _on_parts(dataset: Dataset) -> Iterator[str]:
    for rule in dataset.rules:
        if rule.not_runnable is not None and rule.severity is not Severity.INFO:
            yield f"rule {rule.name!r} is never run: {rule.not_runnable}; say it so that it is, or leave it to people"
    for column in dataset.columns:
        if column.logical_type is None:
            yield f"column {column.name!r} has no type, so any is right; add 'logicalType:'"
