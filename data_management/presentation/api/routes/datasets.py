"""Datasets: what the contracts declare."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from data_management.application.commands import (
    ActCommand,
    Acted,
    Affected,
    Caller,
    RegisterDatasetCommand,
    RetireDatasetCommand,
)
from data_management.application.ports import DatasetFilter
from data_management.application.queries import (
    FindDatasetsQuery,
    GetClassificationsQuery,
    GetDatasetProfileQuery,
    GetDatasetQuery,
    GetQualityHistoryQuery,
    GetScoreAtQuery,
    ListFailingAssetsQuery,
    ListPlansQuery,
)
from data_management.domain.models import Dataset, Permission
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.bodies import CONTRACT_BODY, ContractText
from data_management.presentation.api.context import ApiContext, Context
from data_management.presentation.api.contracts import datasets_of, permission_for
from data_management.presentation.api.paths import DatasetName, RuleName, segment_of
from data_management.presentation.api.problems import FaultDto, RequestProblem
from data_management.presentation.api.replies import (
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    fingerprint,
    reply,
    version_of,
    version_or_none,
)
from data_management.presentation.api.schemas import (
    ClassificationsDto,
    DatasetPageDto,
    DatasetsAsked,
    DatasetsRegisteredDto,
    DifferenceAsked,
    FailurePageDto,
    Paging,
    PlansDto,
    ScorePageDto,
)
from data_management.presentation.api.times import utc
from data_management.presentation.api.values import without_values
from data_management.presentation.dtos import (
    DatasetDetailDto,
    DatasetDto,
    FailureDto,
    ScoreDifferenceDto,
    ScorePointDto,
)
from data_management.presentation.dtos.plans import PlanDto
from data_management.presentation.dtos.profiles import ClassificationDto, DatasetProfileDto

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Writer = Annotated[Caller, Depends(Allowed(Permission.WRITE))]


@router.get("", operation_id="listDatasets", summary="List datasets by name", response_model=DatasetPageDto)
def list_datasets(
    request: Request, context: Context, caller: Reader, asked: Annotated[DatasetsAsked, Query()]
) -> Response:
    wanted = DatasetFilter(caller.principal.datasets, asked.owner, asked.tag, asked.retired)
    page = context.app.ask(FindDatasetsQuery(wanted, asked.cursor, asked.limit))
    return reply(request, DatasetPageDto(items=[DatasetDto.of(each) for each in page.datasets], next=page.next))


@router.post(
    "",
    operation_id="registerDatasets",
    summary="Register what a new contract declares",
    description="All datasets of the contract, or none: those that are there already are changed with `PUT /v1/datasets/{dataset}`.",
    status_code=HTTPStatus.CREATED,
    response_model=DatasetsRegisteredDto,
    openapi_extra=CONTRACT_BODY,
)
def register_datasets(
    request: Request, context: Context, caller: Writer, text: ContractText, idempotency_key: IdempotencyKey = None
) -> Response:
    datasets = datasets_of(text)
    acted = context.app.run(
        _registration(
            context, caller, datasets, [0] * len(datasets), idempotency_key, fingerprint(request, text.content)
        )
    )
    names = [subject.removeprefix("dataset/") for subject in acted.subjects]
    views = [context.app.ask(GetDatasetQuery(name)) for name in names]
    return reply(
        request,
        DatasetsRegisteredDto(items=[DatasetDto.of(view) for view in views]),
        status=HTTPStatus.CREATED,
        location=_location(names[0]) if len(names) == 1 else None,
        replayed=acted.replayed,
    )


@router.get("/{dataset}", operation_id="getDataset", summary="Show a dataset", response_model=DatasetDetailDto)
def get_dataset(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    return _shown(request, context, dataset)


@router.put(
    "/{dataset}",
    operation_id="putDataset",
    summary="Register a dataset, or change it",
    description="The contract declares this dataset; others that it declares are left alone. `If-Match` changes it, `If-None-Match: *` makes it.",
    response_model=DatasetDetailDto,
    responses={HTTPStatus.CREATED.value: {"model": DatasetDetailDto, "description": "It is new."}},
    openapi_extra=CONTRACT_BODY,
)
def put_dataset(
    request: Request,
    context: Context,
    caller: Writer,
    dataset: DatasetName,
    text: ContractText,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    version = version_or_none(if_match, if_none_match)
    declared = {each.name: each for each in datasets_of(text)}
    if dataset not in declared:
        raise RequestProblem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the contract declares no dataset {dataset!r}; send the one that does",
            [FaultDto(place="schema", problem=f"it declares {', '.join(declared)}")],
        )
    context.app.run(_registration(context, caller, [declared[dataset]], [version]))
    return _shown(request, context, dataset, HTTPStatus.OK if version else HTTPStatus.CREATED)


@router.post(
    "/{dataset}/retire",
    operation_id="retireDataset",
    summary="Say that no contract declares it any more",
    description="Its history stays. It comes back when a contract declares it again.",
    response_model=DatasetDetailDto,
)
def retire_dataset(
    request: Request,
    context: Context,
    caller: Writer,
    dataset: DatasetName,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    acted: Acted = context.app.run(
        ActCommand(
            caller=caller,
            permission=Permission.WRITE,
            action="dataset.retire",
            affected=(Affected("dataset", dataset, dataset, version_of(if_match)),),
            commands=(RetireDatasetCommand(dataset),),
            request_key=idempotency_key,
            fingerprint=fingerprint(request, b""),
        )
    )
    return _shown(request, context, dataset, replayed=acted.replayed)


@router.get(
    "/{dataset}/scores",
    operation_id="listScores",
    summary="Show a dataset's score history, newest first",
    response_model=ScorePageDto,
)
def list_scores(
    request: Request, context: Context, caller: Reader, dataset: DatasetName, asked: Annotated[Paging, Query()]
) -> Response:
    page = context.app.ask(GetQualityHistoryQuery(dataset, asked.cursor, asked.limit))
    return reply(request, ScorePageDto(items=[ScorePointDto.of(each) for each in page.points], next=page.next))


@router.get(
    "/{dataset}/scores/difference",
    operation_id="getScoreDifference",
    summary="Say what made a score rise or fall",
    description="What each rule contributes to the difference of two scores; the contributions sum to it.",
    response_model=ScoreDifferenceDto,
)
def get_score_difference(
    request: Request, context: Context, caller: Reader, dataset: DatasetName, asked: Annotated[DifferenceAsked, Query()]
) -> Response:
    earlier = context.app.ask(GetScoreAtQuery(dataset, utc(asked.since)))
    later = context.app.ask(GetScoreAtQuery(dataset, utc(asked.until) if asked.until else context.app.clock()))
    return reply(request, ScoreDifferenceDto.of(later, earlier))


@router.get(
    "/{dataset}/rules/{rule}/failures",
    operation_id="listFailures",
    summary="Show on which current files a rule failed or errored, newest first",
    response_model=FailurePageDto,
)
def list_failures(
    request: Request,
    context: Context,
    caller: Reader,
    dataset: DatasetName,
    rule: RuleName,
    asked: Annotated[Paging, Query()],
) -> Response:
    page = context.app.ask(ListFailingAssetsQuery(dataset, rule, asked.cursor, asked.limit))
    shown = FailurePageDto(items=[FailureDto.of(each) for each in page.found], next=page.next)
    return reply(request, without_values(shown, caller))


@router.get(
    "/{dataset}/profile",
    operation_id="getDatasetProfile",
    summary="Show what the columns of its accepted files hold",
    response_model=DatasetProfileDto,
)
def get_dataset_profile(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    profile = DatasetProfileDto.of(dataset, context.app.ask(GetDatasetProfileQuery(dataset)))
    return reply(request, without_values(profile, caller))


@router.get(
    "/{dataset}/classifications",
    operation_id="getClassifications",
    summary="Show which columns hold personal or secret data",
    response_model=ClassificationsDto,
)
def get_classifications(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    context.app.ask(GetDatasetQuery(dataset))
    found = context.app.ask(GetClassificationsQuery(dataset))
    return reply(request, ClassificationsDto(items=[ClassificationDto.of(each) for each in found]))


@router.get(
    "/{dataset}/plans",
    operation_id="listPlans",
    summary="Show the rules as they were defined when they judged",
    response_model=PlansDto,
)
def list_plans(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    return reply(request, PlansDto(items=[PlanDto.of(each) for each in context.app.ask(ListPlansQuery(dataset))]))


def _registration(
    context: ApiContext,
    caller: Caller,
    datasets: list[Dataset],
    versions: list[int],
    request_key: str | None = None,
    made_of: str = "",
) -> ActCommand:
    return ActCommand(
        caller=caller,
        permission=permission_for(context, datasets),
        action="dataset.register",
        affected=tuple(
            Affected("dataset", dataset.name, dataset.name, version)
            for dataset, version in zip(datasets, versions, strict=True)
        ),
        commands=tuple(RegisterDatasetCommand(dataset, may_rename=False) for dataset in datasets),
        request_key=request_key,
        fingerprint=made_of,
    )


def _shown(
    request: Request,
    context: ApiContext,
    dataset: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    replayed: bool = False,
) -> Response:
    view = context.app.ask(GetDatasetQuery(dataset))
    location = _location(dataset) if status is HTTPStatus.CREATED else None
    shown = DatasetDetailDto.of_detail(view)
    return reply(request, shown, status=status, version=view.version, location=location, replayed=replayed)


def _location(dataset: str) -> str:
    return f"/v1/datasets/{segment_of(dataset)}"
