"""Handlers of who may what: keys, the audit, and what callers ask to change."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.access import must_be_allowed
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.ports import AccessReader, UnitOfWork
from data_management.application.views import AuditPage
from data_management.domain.models import ApiKey, AuditRecord, DataCatalogEntry, DataLocation, Dataset, Outcome
from data_management.domain.models.access import sha256_of
from data_management.errors import Denied, InvalidInput, NotFound, Stale

_LONGEST_NAME = 200

State = dict[str, Any] | None
"""What the audit records of a dataset or data asset; None where it does not exist."""


def create_key(command: c.CreateKeyCommand, uow: UnitOfWork, context: CommandContext) -> c.IssuedKey:
    now, name = context.clock(), command.name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"{command.name!r} is no name of a key; say in up to 200 letters who or what will use it")
    if command.expires_at is not None and command.expires_at <= now:
        raise InvalidInput(f"key {name!r} would have expired at {command.expires_at.isoformat()}; take a later time")
    shown = command.shown
    with suppress(NotFound):
        return c.IssuedKey(uow.access.key(shown.id), shown)
    key = ApiKey(
        id=shown.id,
        name=name,
        role=command.role,
        secret_sha256=sha256_of(shown.secret),
        created_at=now,
        created_by=command.by.id,
        datasets=command.datasets,
        samples=command.samples,
        expires_at=command.expires_at,
    )
    uow.access.add_key(key)
    record = AuditRecord(now, command.by.id, "key.create", f"key/{key.id}", Outcome.DONE, None, _told_of_key(key))
    uow.access.record([record])
    return c.IssuedKey(key, shown)


def revoke_key(command: c.RevokeKeyCommand, uow: UnitOfWork, context: CommandContext) -> ApiKey:
    before, now = uow.access.key(command.key_id), context.clock()
    newly = uow.access.revoke_key(command.key_id, now)
    after = uow.access.key(command.key_id)
    if newly:
        told = _changes(_told_of_key(before), _told_of_key(after))
        uow.access.record([AuditRecord(now, command.by.id, "key.revoke", f"key/{after.id}", Outcome.DONE, *told)])
    return after


def record_audit(command: c.RecordAuditCommand, uow: UnitOfWork, context: CommandContext) -> None:
    uow.access.record(command.records)


def act(
    command: c.ActCommand, uow: UnitOfWork, context: CommandContext, do: Callable[[c.Command[Any]], Any]
) -> c.Acted:
    """`do` executes one command within the unit of work."""
    principal = command.caller.principal
    for each in command.affected:
        must_be_allowed(principal, command.permission, each.dataset)
    affected = (*command.affected, *_erased_beside(command, uow))
    now = context.clock()
    known = uow.access.recall(principal.id, command.known_by, command.fingerprint, now)
    if known is not None and known.fingerprint != command.fingerprint:
        raise InvalidInput(
            f"another request was made under the key {command.request_key!r} today; take a new key for each request"
        )
    if known is not None:
        earlier: c.Acted | None = context.earlier(command)
        if earlier is not None and earlier.subjects == known.subjects:
            return earlier  # the answer to its COMMIT was lost
        return c.Acted((), known.subjects, replayed=True)
    before = [_state(uow, each) for each in affected]
    for each, (_, version, _state_before) in zip(affected, before, strict=True):
        _must_be(each, version)
    results = tuple(do(each) for each in command.commands)
    _must_be_told_of(results, affected)
    after = [_state(uow, each) for each in affected]
    uow.access.record(
        [
            AuditRecord(
                now,
                principal.id,
                command.action,
                subject,
                Outcome.DONE,
                *_changes(was, now_is),
                request_id=command.caller.request_id,
                client=command.caller.client,
            )
            for (_, _, was), (subject, _, now_is) in zip(before, after, strict=True)
        ]
    )
    subjects = tuple(subject for subject, _, _ in after)
    uow.access.remember(principal.id, command.known_by, subjects)
    return c.Acted(results, subjects)


def find_key(query: q.FindKeyQuery, reader: AccessReader) -> ApiKey | None:
    return reader.find_key(query.key_id)


def list_keys(query: q.ListKeysQuery, reader: AccessReader) -> list[ApiKey]:
    return reader.api_keys()


def list_audit(query: q.ListAuditQuery, reader: AccessReader) -> AuditPage:
    return reader.audit_records(query.wanted, query.after, query.limit)


def _erased_beside(command: c.ActCommand, uow: UnitOfWork) -> list[c.Affected]:
    """The data assets that erasing removes besides those asked for: other versions, of other datasets too. `Denied` where the caller may not see one."""
    named = {each.id for each in command.affected}
    locations = [each.location for each in command.commands if isinstance(each, c.EraseDataAssetsCommand)]
    others = [entry for location in locations for entry in uow.assets.all_at(location) if entry.id not in named]
    if not all(command.caller.principal.sees(entry.asset.dataset) for entry in others):
        raise Denied(
            "another dataset, which this key is not for, had this file too, and erasing takes it from all; ask an administrator of "
            "the catalog"
        )
    return [c.Affected("data_asset", entry.id, entry.asset.dataset) for entry in others]


def _must_be_told_of(results: tuple[Any, ...], affected: tuple[c.Affected, ...]) -> None:
    """`Stale` where a version was erased that arrived after the caller's rights were checked."""
    told = {each.id for each in affected}
    erased = (entry for result in results if isinstance(result, c.Erased) for entry in result.tombstones)
    if any(entry.id not in told for entry in erased):
        raise Stale("another version of this file arrived just now; read it again and repeat")


def _must_be(affected: c.Affected, version: int) -> None:
    if affected.version in (None, version):
        return
    what = f"{affected.kind.replace('_', ' ')} {affected.id!r}"
    if not affected.version:
        raise Stale(f"{what} is there already, with version {version}; read it, and say which version you change")
    if not version:
        raise NotFound(f"the catalog has no {what}")
    raise Stale(f"{what} has version {version} by now, not {affected.version}; read it again and repeat")


def _state(uow: UnitOfWork, affected: c.Affected) -> tuple[str, int, State]:
    """The subject's name in the audit, its version (0: it does not exist), and what the audit records of it."""
    if affected.kind == "dataset":
        dataset = uow.datasets.find(affected.id)
        version = uow.datasets.version(affected.id) or 0
        retired = uow.datasets.retired_at(affected.id)
        told = None if dataset is None else _told_of_dataset(dataset) | {"retired": retired and retired.isoformat()}
        return f"dataset/{affected.id}", version, told
    if affected.kind == "consumer":
        standing = uow.offsets.standing(affected.dataset, affected.id)
        return f"consumer/{affected.dataset}/{affected.id}", 0, None if standing is None else {"position": standing}
    if affected.kind == "location":
        location = DataLocation(affected.id)
        entry = uow.assets.current_at(affected.dataset, [location]).get(location)
    else:
        entry = uow.assets.get(affected.id)
    if entry is None:
        return "data_asset/", 0, None
    return f"data_asset/{entry.id}", entry.version, _told_of_entry(entry)


def _told_of_dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "contract": dataset.contract_id,
        "contract_version": dataset.contract_version,
        "description": dataset.description,
        "owners": list(dataset.owners),
        "tags": list(dataset.tags),
        "landing": dataset.landing.uri if dataset.landing else None,
        "columns": [column.name for column in dataset.columns],
        "rules": {rule.name: rule.definition_hash for rule in dataset.rules},
        "plan": dataset.plan_hash,
    }


def _told_of_entry(entry: DataCatalogEntry) -> dict[str, Any]:
    """Without location and reason, which erasing would have to remove from the audit again."""
    return {
        "dataset": entry.asset.dataset,
        "status": entry.status.value,
        "verdict": entry.verdict and entry.verdict.value,
        "version": entry.version,
        "erased": entry.is_erased,
    }


def _told_of_key(key: ApiKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "role": key.role.value,
        "datasets": None if key.datasets is None else list(key.datasets),
        "samples": key.samples,
        "expires_at": key.expires_at and key.expires_at.isoformat(),
        "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
    }


def _changes(before: State, after: State) -> tuple[State, State]:
    """Both states, reduced to what differs."""
    if before is None or after is None:
        return before, after
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


COMMAND_HANDLERS: CommandHandlers = {
    c.CreateKeyCommand: create_key,
    c.RevokeKeyCommand: revoke_key,
    c.RecordAuditCommand: record_audit,
}

QUERY_HANDLERS: QueryHandlers = {
    q.FindKeyQuery: find_key,
    q.ListKeysQuery: list_keys,
    q.ListAuditQuery: list_audit,
}
