"""Data assets, which are files to who looks at them: those of a dataset, those that fail a rule, and a single one."""

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from data_management.application.queries import (
    GetDataAssetByIdQuery,
    GetDatasetQuery,
    ListDataAssetsQuery,
    ListFailingAssetsQuery,
    ListValidationsQuery,
    ListVersionsOfDataAssetQuery,
)
from data_management.domain.models import AssetStatus
from data_management.errors import NotFound
from data_management.presentation.dtos import (
    AssetDetailDto,
    AssetDto,
    CheckDto,
    DatasetDetailDto,
    DatasetDto,
    FailureDto,
)
from data_management.presentation.pages.site import Asked

_A_PAGE = 50
_VERSIONS = 20
SEVEREST_FIRST = ("critical", "warning", "info")
Cursor = Annotated[str | None, Field(max_length=4000)]


class FilesWanted(BaseModel):
    state: AssetStatus | None = None
    after: Cursor = None


class FailingWanted(BaseModel):
    after: Cursor = None


class HistoryWanted(BaseModel):
    before: Cursor = None
    versions: Cursor = None


class FailingFiles(BaseModel):
    files: list[FailureDto]


def show_files(asked: Asked) -> Response:
    name, wanted = asked.name(), asked.wanted(FilesWanted)
    dataset = DatasetDto.of(asked.ask(GetDatasetQuery(name)))
    statuses = (wanted.state,) if wanted.state else ()
    query = ListDataAssetsQuery(
        name, statuses, wanted.after, _A_PAGE, current_only=wanted.state is None, newest_first=True
    )
    page = asked.ask(query)
    return asked.answer(
        "files.html",
        here="files",
        dataset=dataset,
        wanted=wanted,
        states=[status.value for status in AssetStatus],
        files=[AssetDto.of(each) for each in page.assets],
        next=page.next,
    )


def show_rule(asked: Asked) -> Response:
    name, rule, wanted = asked.name(), asked.name("rule"), asked.wanted(FailingWanted)
    dataset = DatasetDetailDto.of_detail(asked.ask(GetDatasetQuery(name)))
    page = asked.ask(ListFailingAssetsQuery(name, rule, wanted.after, _A_PAGE))
    its = next((each for each in dataset.totals if each.rule == rule), None)
    return asked.answer(
        "rule.html",
        here="rule",
        dataset=dataset,
        name=rule,
        rule=its,
        wanted=wanted,
        failing=asked.seen(FailingFiles(files=[FailureDto.of(each) for each in page.found])).files,
        next=page.next,
    )


def show_data_asset(asked: Asked) -> Response:
    asset_id, wanted = asked.name("data_asset"), asked.wanted(HistoryWanted)
    view = asked.ask(GetDataAssetByIdQuery(asset_id))
    if not asked.caller.principal.sees(view.dataset):  # as if there were none: the address told no dataset
        raise NotFound(f"the catalog has no data asset {asset_id!r}; start from the list of datasets")
    dataset = DatasetDto.of(asked.ask(GetDatasetQuery(view.dataset)))
    judged = asked.ask(ListValidationsQuery(asset_id, wanted.before, _VERSIONS))
    versions = asked.ask(ListVersionsOfDataAssetQuery(asset_id, wanted.versions, _VERSIONS))
    asset = asked.seen(AssetDetailDto.of_detail(view, judged.validations))
    checks = asset.validations[0].checks if asset.validations else []
    return asked.answer(
        "data_asset.html",
        here="data_asset",
        dataset=dataset,
        asset=asset,
        failed=sorted(filter(_fails, checks), key=lambda check: SEVEREST_FIRST.index(check.severity)),
        checks=sorted((check for check in checks if not _fails(check)), key=lambda check: check.success is None),
        older=judged.next,
        versions=[AssetDto.of(each) for each in versions.assets],
        older_versions=versions.next,
        columns=_columns(asset),
        classifications={each.column: each for each in asset.classifications},
    )


def _fails(check: CheckDto) -> bool:
    return check.errored or check.success is False


def _columns(asset: AssetDetailDto) -> list[tuple[object, object]]:
    """As read, each with its profile or None."""
    profiled = {each.name: each for each in asset.profile}
    return [(column, profiled.get(column.name)) for column in asset.columns]
