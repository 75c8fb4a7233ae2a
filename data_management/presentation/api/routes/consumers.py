"""Consumers of datasets: how far they have come, in the words of those who consume over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from data_management.application.commands import (
    ActCommand,
    Acted,
    Affected,
    Caller,
    Command,
    CommitConsumptionCommand,
    ForgetConsumerCommand,
    ResetConsumerCommand,
)
from data_management.application.queries import ListConsumersQuery
from data_management.domain.models import OffsetMove, Permission
from data_management.errors import NotFound
from data_management.presentation.api.access import Allowed
from data_management.presentation.api.context import ApiContext, Context
from data_management.presentation.api.paths import ConsumerName, DatasetName, segment_of
from data_management.presentation.api.replies import IdempotencyKey, IfMatch, fingerprint, position_of, reply
from data_management.presentation.api.schemas import ConsumersDto, OffsetDto, ResetAsked
from data_management.presentation.dtos.consumers import ConsumerDto

router = APIRouter(prefix="/v1/datasets", tags=["consumers"])
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Consumer = Annotated[Caller, Depends(Allowed(Permission.CONSUME))]


@router.get(
    "/{dataset}/consumers",
    operation_id="listConsumers",
    summary="Show who consumes its files, and how far they have come",
    response_model=ConsumersDto,
)
def list_consumers(request: Request, context: Context, caller: Reader, dataset: DatasetName) -> Response:
    found = context.app.ask(ListConsumersQuery(dataset))
    return reply(request, ConsumersDto(items=[ConsumerDto.of(each) for each in found]))


@router.get(
    "/{dataset}/consumers/{consumer}",
    operation_id="getConsumer",
    summary="Show how far a consumer has come",
    description="The ETag begins with its position.",
    response_model=ConsumerDto,
)
def get_consumer(
    request: Request, context: Context, caller: Reader, dataset: DatasetName, consumer: ConsumerName
) -> Response:
    return _shown(request, context, dataset, consumer)


@router.put(
    "/{dataset}/consumers/{consumer}",
    operation_id="moveConsumer",
    summary="Say that a consumer has done what it was given",
    description=(
        '`If-Match` is the ETag of the consumer, or `"n"` with the `after` of the page that it was given; who is new stands at `"0"`. '
        "412: somebody else works under its name, or it was reset."
    ),
    response_model=ConsumerDto,
    responses={HTTPStatus.CREATED.value: {"model": ConsumerDto, "description": "It is new."}},
)
def move_consumer(
    request: Request,
    context: Context,
    caller: Consumer,
    dataset: DatasetName,
    consumer: ConsumerName,
    body: OffsetDto,
    if_match: IfMatch = None,
) -> Response:
    before = position_of(if_match)
    is_new = before == 0 and not context.app.ask(ListConsumersQuery(dataset, consumer))
    move = OffsetMove(dataset, consumer, before, body.position, body.head)
    context.app.run(_act(caller, dataset, consumer, "consumer.move", CommitConsumptionCommand(move)))
    return _shown(request, context, dataset, consumer, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@router.post(
    "/{dataset}/consumers/{consumer}/reset",
    operation_id="resetConsumer",
    summary="Set a consumer to another position",
    description="What is behind it is given again, or never.",
    response_model=ConsumerDto,
)
def reset_consumer(
    request: Request,
    context: Context,
    caller: Consumer,
    dataset: DatasetName,
    consumer: ConsumerName,
    body: ResetAsked,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    reset = ResetConsumerCommand(dataset, consumer, body.position, position_of(if_match))
    made_of = fingerprint(request, body.model_dump_json().encode())
    act = _act(caller, dataset, consumer, "consumer.reset", reset, idempotency_key, made_of)
    acted: Acted = context.app.run(act)
    return _shown(request, context, dataset, consumer, replayed=acted.replayed)


@router.delete(
    "/{dataset}/consumers/{consumer}",
    operation_id="forgetConsumer",
    summary="Say that a consumer is no more",
    description="What it has still to be told holds `prune` back no longer.",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
def forget_consumer(
    context: Context, caller: Consumer, dataset: DatasetName, consumer: ConsumerName, if_match: IfMatch = None
) -> Response:
    forget = ForgetConsumerCommand(dataset, consumer, position_of(if_match))
    context.app.run(_act(caller, dataset, consumer, "consumer.forget", forget))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _act(
    caller: Caller,
    dataset: str,
    consumer: str,
    action: str,
    command: Command[Any],
    request_key: str | None = None,
    made_of: str = "",
) -> ActCommand:
    return ActCommand(
        caller=caller,
        permission=Permission.CONSUME,
        action=action,
        affected=(Affected("consumer", consumer, dataset),),
        commands=(command,),
        request_key=request_key,
        fingerprint=made_of,
    )


def _shown(
    request: Request,
    context: ApiContext,
    dataset: str,
    consumer: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    replayed: bool = False,
) -> Response:
    found = context.app.ask(ListConsumersQuery(dataset, consumer))
    if not found:
        raise NotFound(
            f"dataset {dataset!r} has no consumer {consumer!r}; `data-management consumers list` names those that there are"
        )
    made = f"/v1/datasets/{segment_of(dataset)}/consumers/{segment_of(consumer)}"
    location = made if status is HTTPStatus.CREATED else None
    shown = ConsumerDto.of(found[0])
    return reply(request, shown, status=status, version=shown.position, location=location, replayed=replayed)
