"""Data assets: single files of datasets."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.access import must_be_allowed
from data_management.application.commands import ActCommand, Acted, Affected, Caller, Erased, EraseDataAssetsCommand
from data_management.application.queries import (
    GetDataAssetByIdQuery,
    ListDataAssetsQuery,
    ListValidationsQuery,
    ListVersionsAtLocationQuery,
)
from data_management.application.services import Application, erase, register_file
from data_management.application.views import AssetPage, AssetView
from data_management.domain.models import DataLocation, Permission, Principal
from data_management.errors import InvalidInput, NotFound
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import Context
from data_management.presentation.api.paths import AssetId
from data_management.presentation.api.replies import IdempotencyKey, IfMatch, fingerprint, reply, version_of
from data_management.presentation.api.schemas import (
    DataAssetPageDto,
    DataAssetRegistrationDto,
    DataAssetsAsked,
    EraseAsked,
    ErasedDto,
    Paging,
    ValidationPageDto,
)
from data_management.presentation.api.values import without_values
from data_management.presentation.dtos import AssetContentDto, AssetDto, ValidationDto

router = APIRouter(prefix="/v1/data-assets", tags=["data assets"])
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Writer = Annotated[Caller, Depends(Allowed(Permission.WRITE))]
Eraser = Annotated[Caller, Depends(Allowed(Permission.ERASE))]


@router.get(
    "",
    operation_id="listDataAssets",
    summary="List data assets in the order of arrival",
    response_model=DataAssetPageDto,
)
def list_data_assets(
    request: Request, context: Context, caller: Reader, asked: Annotated[DataAssetsAsked, Query()]
) -> Response:
    page = _page(context.app, caller.principal, asked)
    return reply(request, DataAssetPageDto(items=[AssetDto.of(each) for each in page.assets], next=page.next))


@router.post(
    "",
    operation_id="registerDataAsset",
    summary="Say that a file has landed",
    description="It is looked at and recorded, once for each version; the next run judges it. It must lie in the dataset's landing.",
    status_code=HTTPStatus.CREATED,
    response_model=AssetContentDto,
)
def register_data_asset(
    request: Request,
    context: Context,
    caller: Writer,
    body: DataAssetRegistrationDto,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    must_be_allowed(caller.principal, Permission.WRITE, body.dataset)  # before anything is looked at
    location = DataLocation.parse(body.location)
    act = ActCommand(
        caller=caller,
        permission=Permission.WRITE,
        action="data_asset.register",
        affected=(Affected("location", location.uri, body.dataset),),
        commands=(),
        request_key=idempotency_key,
        fingerprint=fingerprint(request, body.model_dump_json().encode("utf-8", "backslashreplace")),
    )
    acted = register_file(context.app, act, body.dataset, location, context.options.settle_seconds)
    asset = context.app.ask(GetDataAssetByIdQuery(acted.subjects[0].removeprefix("data_asset/")))
    return _shown(request, caller, asset, HTTPStatus.CREATED, replayed=acted.replayed)


@router.get("/{data_asset}", operation_id="getDataAsset", summary="Show a data asset", response_model=AssetContentDto)
def get_data_asset(request: Request, context: Context, caller: Reader, data_asset: AssetId) -> Response:
    return _shown(request, caller, _seen(context.app, caller.principal, data_asset))


@router.delete(
    "/{data_asset}",
    operation_id="eraseDataAsset",
    summary="Forget what a file held",
    description="Of all its versions; a tombstone of each stays. The file must be gone: delete it first.",
    response_model=ErasedDto,
)
def erase_data_asset(
    request: Request,
    context: Context,
    caller: Eraser,
    data_asset: AssetId,
    asked: Annotated[EraseAsked, Query()],
    if_match: IfMatch = None,
) -> Response:
    version = version_of(if_match)
    asset = _seen(context.app, caller.principal, data_asset)

    def run(command: EraseDataAssetsCommand) -> Erased:
        acted: Acted = context.app.run(
            ActCommand(
                caller=caller,
                permission=Permission.ERASE,
                action="data_asset.erase",
                affected=(Affected("data_asset", asset.id, asset.dataset, version),),
                commands=(command,),
            )
        )
        erased: Erased = acted.results[0]
        return erased

    erased = erase(context.app, DataLocation(asset.location), caller.principal.id, with_name=asked.with_name, run=run)
    tombstones = [AssetDto.of(AssetView.of(entry)) for entry in erased.tombstones]
    return reply(request, ErasedDto(items=tombstones, newly=erased.newly))


@router.get(
    "/{data_asset}/validations",
    operation_id="listValidations",
    summary="Show its validations with their checks, newest first",
    response_model=ValidationPageDto,
)
def list_validations(
    request: Request, context: Context, caller: Reader, data_asset: AssetId, asked: Annotated[Paging, Query()]
) -> Response:
    asset = _seen(context.app, caller.principal, data_asset)
    page = context.app.ask(ListValidationsQuery(asset.id, asked.cursor, asked.limit))
    shown = ValidationPageDto(items=[ValidationDto.of(each) for each in page.validations], next=page.next)
    return reply(request, without_values(shown, caller))


def _page(app: Application, principal: Principal, asked: DataAssetsAsked) -> AssetPage:
    dataset = asked.dataset
    if asked.location is not None:
        return _at(app, principal, asked, DataLocation.parse(asked.location))
    if principal.datasets is not None and dataset is None:
        if len(principal.datasets) != 1:
            raise InvalidInput(f"this key is for some datasets alone; name one: {', '.join(principal.datasets)}")
        dataset = principal.datasets[0]
    if dataset is not None and not principal.sees(dataset):
        return AssetPage(())
    statuses = tuple(asked.status)
    query = ListDataAssetsQuery(dataset, statuses, asked.cursor, asked.limit, current_only=not (asked.all or statuses))
    return app.ask(query)


def _at(app: Application, principal: Principal, asked: DataAssetsAsked, location: DataLocation) -> AssetPage:
    """What stands at a location, or ever did: one of each dataset that has it and that the caller sees."""
    wanted = [
        each
        for each in app.ask(ListVersionsAtLocationQuery(location))
        if principal.sees(each.dataset)
        and asked.dataset in (None, each.dataset)
        and (asked.all or each.status.is_current)
        and (not asked.status or each.status in asked.status)
    ]
    return AssetPage(tuple(wanted))


def _seen(app: Application, principal: Principal, asset_id: str) -> AssetView:
    """One of a dataset that the caller does not see is not there."""
    asset = app.ask(GetDataAssetByIdQuery(asset_id))
    if not principal.sees(asset.dataset):
        raise NotFound(
            f"the catalog has no data asset {asset_id!r}; `data-management assets list` names those that it has"
        )
    return asset


def _shown(
    request: Request,
    caller: Caller,
    asset: AssetView,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    replayed: bool = False,
) -> Response:
    return reply(
        request,
        without_values(AssetContentDto.of_content(asset), caller),
        status=status,
        version=asset.version,
        location=f"/v1/data-assets/{asset.id}" if status is HTTPStatus.CREATED else None,
        replayed=replayed,
    )
