"""Datasets: all of them, and of one its score, its rules and its columns."""

from pydantic import BaseModel, Field
from starlette.responses import Response

from data_management.application.ports import DatasetFilter
from data_management.application.queries import (
    FindDatasetsQuery,
    GetDatasetProfileQuery,
    GetDatasetQuery,
    GetDefinitionQuery,
    GetQualityHistoryQuery,
)
from data_management.presentation.dtos import DatasetDetailDto, DatasetDto, RuleDto, ScorePointDto
from data_management.presentation.dtos.profiles import DatasetProfileDto
from data_management.presentation.pages.files import SEVEREST_FIRST
from data_management.presentation.pages.plot import plot
from data_management.presentation.pages.site import Asked

_A_PAGE = 50
_SCORES = 100


class DatasetsWanted(BaseModel):
    owner: str | None = Field(None, max_length=1000)
    tag: str | None = Field(None, max_length=1000)
    retired: bool = False
    after: str | None = Field(None, max_length=4000)


class ScoresWanted(BaseModel):
    before: str | None = Field(None, max_length=4000)


def show_datasets(asked: Asked) -> Response:
    wanted = asked.wanted(DatasetsWanted)
    which = DatasetFilter(asked.caller.principal.datasets, wanted.owner, wanted.tag, wanted.retired)
    page = asked.ask(FindDatasetsQuery(which, wanted.after, _A_PAGE))
    return asked.answer(
        "datasets.html",
        here="datasets",
        wanted=wanted,
        datasets=[DatasetDto.of(each) for each in page.datasets],
        next=page.next,
    )


def show_dataset(asked: Asked) -> Response:
    name, wanted = asked.name(), asked.wanted(ScoresWanted)
    dataset = DatasetDetailDto.of_detail(asked.ask(GetDatasetQuery(name)))
    page = asked.ask(GetQualityHistoryQuery(name, wanted.before, _SCORES))
    scores = [ScorePointDto.of(each) for each in page.points]
    lineage = asked.site.options.lineage
    return asked.answer(
        "dataset.html",
        here="dataset",
        dataset=dataset,
        failing=sorted(filter(_fails, dataset.totals), key=_weight),
        others=[rule for rule in dataset.totals if not _fails(rule)],
        dimensions=_dimensions(dataset),
        scores=scores,
        older=page.next,
        wanted=wanted,
        plot=plot(scores),
        lineage=lineage(name) if lineage and dataset.retired_at is None else None,
    )


def show_columns(asked: Asked) -> Response:
    name = asked.name()
    dataset = DatasetDto.of(asked.ask(GetDatasetQuery(name)))
    declared = {each.name: each for each in asked.ask(GetDefinitionQuery(name)).columns}
    profile = asked.seen(DatasetProfileDto.of(name, asked.ask(GetDatasetProfileQuery(name))))
    profiled = {each.name: each for each in profile.columns}
    return asked.answer(
        "columns.html",
        here="columns",
        dataset=dataset,
        files=profile.files,
        rows=profile.rows,
        columns=[(each, declared.get(each), profiled.get(each)) for each in dict.fromkeys([*declared, *profiled])],
        classifications={each.column: each for each in profile.classifications},
    )


def _fails(rule: RuleDto) -> bool:
    return bool(rule.failed or rule.errored)


def _weight(rule: RuleDto) -> tuple[int, int]:
    """The severest first, and of those the ones that fail most files."""
    return SEVEREST_FIRST.index(rule.severity), -(rule.failed + rule.errored)


def _dimensions(dataset: DatasetDetailDto) -> list[tuple[str, float | None, int, int]]:
    """Name, value, how many rules, how many of them fail."""
    values = dataset.latest.score.dimensions if dataset.latest and dataset.latest.score else {}
    rules = [rule for rule in dataset.totals if rule.not_run is None]
    names = sorted({*values, *(rule.dimension for rule in rules)})
    return [
        (
            name,
            values.get(name),
            sum(rule.dimension == name for rule in rules),
            sum(rule.dimension == name and _fails(rule) for rule in rules),
        )
        for name in names
    ]
