"""Data contracts: ODCS YAML files as datasets, or as the problems that keep them from being used."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import open_data_contract_standard.model as odcs

from data_management.application.ports import ContractProblem, ContractReading
from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import Dataset
from data_management.errors import NotFound, Unavailable
from data_management.infrastructure.contracts.custom_properties import (
    OF_DATASETS,
    Properties,
    policy_of,
    revalidation_of,
    samples_of,
)
from data_management.infrastructure.contracts.documents import Document, Unreadable, decode, parse, read_document
from data_management.infrastructure.contracts.problems import (
    MOST_PROBLEMS,
    Place,
    Report,
    TooManyProblems,
    quoted,
    shown,
)
from data_management.infrastructure.contracts.schema import read_object
from data_management.infrastructure.contracts.servers import read_landings
from data_management.infrastructure.contracts.service_levels import service_levels_of
from data_management.infrastructure.contracts.standard import read_standard, says_it_is_one

_ENDINGS: Final = (".yaml", ".yml")


class OdcsContractReader:
    """Reads contracts of the Open Data Contract Standard, v3.0 to v3.2. Imports nothing heavy."""

    def __init__(self, custom: CustomExpectations = ()) -> None:
        """`custom` are the user's own expectations, which are not imported."""
        self._custom = custom

    def read(self, path: Path) -> ContractReading:
        return _read_file(path, self._custom)[0]

    def read_text(self, text: str, folder: Path, name: str) -> ContractReading:
        """As the port says; JSON is YAML too."""
        return _read(folder / name, lambda: decode(text.encode("utf-8", "surrogatepass")), self._custom)[0]

    def read_folder(self, folder: Path) -> tuple[ContractReading, ...]:
        """As the port says; hidden files and folders below are left alone."""
        if not folder.is_dir():
            raise NotFound(
                f"the contracts folder {folder.absolute()} does not exist; create it, or name the right one: "
                "DATA_MANAGEMENT_CONTRACTS, in DATA_MANAGEMENT_HOME"
            )
        try:
            entries = list(folder.iterdir())
        except OSError as error:
            raise Unavailable(
                f"the contracts folder {folder} cannot be listed: {error}; check its permissions"
            ) from error
        paths = sorted(
            (path for path in entries if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")),
            key=lambda path: path.name,
        )
        return _with_own_ids(tuple(_distinct([_read_file(path, self._custom) for path in paths if not path.is_dir()])))


def _read_file(path: Path, custom: CustomExpectations) -> tuple[ContractReading, tuple[str, ...]]:
    return _read(path, lambda: read_document(path), custom)


def _read(
    path: Path, load: Callable[[], Document], custom: CustomExpectations
) -> tuple[ContractReading, tuple[str, ...]]:
    """The reading of a file, and the names of datasets that are its own; a file that is no data contract has none."""
    try:
        document = load()
    except Unreadable as error:
        problem = ContractProblem(file=str(path), place="", problem=error.problem, fix=error.fix, line=error.line)
        return ContractReading(file=str(path), problems=(problem,), names=(_stem(path),)), ()
    return _reading(document, path, custom)


def read_text(text: str, path: Path, custom: CustomExpectations = ()) -> ContractReading:
    """A contract's text, as if it stood at `path`."""
    return _reading(parse(text), path, custom)[0]


def _reading(document: Document, path: Path, custom: CustomExpectations) -> tuple[ContractReading, tuple[str, ...]]:
    report = Report(str(path), document.root)
    datasets: list[Dataset] = []
    try:
        datasets = _datasets(report, document, path, custom)
        rest: tuple[ContractProblem, ...] = ()
    except TooManyProblems:
        much = f"it has more than {MOST_PROBLEMS} problems"
        rest = (ContractProblem(file=str(path), place="", problem=much, fix="correct these to see the others"),)
    problems = (*sorted(dict.fromkeys(report.problems), key=lambda problem: problem.line or 0), *rest)
    declared = tuple(dict.fromkeys(_declared(document)))
    return (
        ContractReading(
            file=str(path),
            datasets=() if problems else tuple(datasets),
            problems=problems,
            names=declared or (_stem(path),),
        ),
        declared if says_it_is_one(document.root) else (),
    )


def _datasets(report: Report, document: Document, path: Path, custom: CustomExpectations) -> list[Dataset]:
    for flaw in document.flaws:
        report.add(flaw.path, flaw.problem, flaw.fix, flaw.line)
    contract = read_standard(report)
    if contract is None:
        return []
    place = report.place
    ours = Properties(place, contract.customProperties, OF_DATASETS)
    objects = list(_objects(place, contract, custom))
    folder = path.absolute().parent
    landings = read_landings(place, contract.servers or [], [object_.name for object_ in objects], folder)
    datasets = []
    for object_ in objects:
        columns, rules = read_object(object_.place, object_.stated, custom)
        own = Properties(object_.place, object_.stated.customProperties, OF_DATASETS)
        purpose = contract.description.purpose if contract.description else None
        datasets.append(
            Dataset(
                name=object_.name,
                contract_id=contract.id or "",
                contract_version=contract.version or "",
                landing=landings.get(object_.name),
                columns=columns,
                rules=rules,
                policy=policy_of(own, ours),
                samples=samples_of(own, ours),
                revalidation=revalidation_of(own, ours),
                object_id=object_.stated.id or None,
                service_levels=service_levels_of(place, contract, object_.name),
                physical_name=(object_.stated.physicalName or "").strip() or None,
                storage=_storage(contract.servers or []),
                description=(object_.stated.description or purpose or "").strip(),
                owners=tuple(dict.fromkeys(_owners(contract.team))),
                tags=tuple(dict.fromkeys([*(contract.tags or []), *(object_.stated.tags or [])])),
                domain=contract.domain,
                source=str(path),
            )
        )
    return datasets


@dataclass(frozen=True)
class _Object:
    name: str
    place: Place
    stated: odcs.SchemaObject


def _objects(place: Place, contract: odcs.OpenDataContractStandard, custom: CustomExpectations) -> Iterator[_Object]:
    """The schema objects with distinct names; the others are reported, and read for their own problems."""
    seen: dict[str, str] = {}
    ids: dict[str, str] = {}
    for index, stated in enumerate(contract.schema_ or []):
        at = place.at("schema", index)
        name = (stated.name or "").strip()
        if stated.id and stated.id in ids:
            problem = f"the id {quoted(stated.id)} is given twice, first at {ids[stated.id]}"
            at.at("id").wrong(problem, "give each schema object an id of its own, which never changes")
        elif stated.id:
            ids[stated.id] = shown(at.path)
        if not name:
            at.at("name").wrong("the schema object has no name", "add 'name:', which becomes the dataset's")
        elif name in seen:
            at.at("name").wrong(
                f"the dataset {quoted(name)} is declared twice, first at {seen[name]}", "rename one of them"
            )
        if not name or name in seen:
            read_object(at, stated, custom)
            continue
        seen[name] = shown(at.path)
        yield _Object(name, at, stated)


def _owners(team: odcs.Team | Sequence[odcs.TeamMember] | None) -> Iterator[str]:
    """Members who have not left; the team's own name where none is named."""
    members = (team.members if isinstance(team, odcs.Team) else team) or []
    names = [member.username or member.name for member in members if member.dateOut is None]
    yield from (name for name in names if name)
    if isinstance(team, odcs.Team) and team.name and not any(names):
        yield team.name


def _storage(servers: Sequence[odcs.Server]) -> str | None:
    """The type of all servers; None where there are several."""
    types = {server.type.strip().lower() for server in servers if server.type}
    return types.pop() if len(types) == 1 else None


def _stem(path: Path) -> str:
    """``orders`` for ``orders.odcs.yaml``."""
    return path.stem.removesuffix(".odcs") or path.name


def _declared(document: Document) -> Iterator[str]:
    """The names of datasets, as far as they can be read."""
    schema = document.root.at(("schema",))
    for object_ in schema.children.values() if schema else ():
        name = object_.at(("name",))
        if name is not None and isinstance(name.value, str) and name.value.strip():
            yield name.value.strip()


def _distinct(readings: Sequence[tuple[ContractReading, tuple[str, ...]]]) -> Iterator[ContractReading]:
    """A dataset belongs to the first data contract that declares it, broken or not."""
    all_declared = {name for _, declared in readings for name in declared}
    owners: dict[str, str] = {}
    for reading, declared in readings:
        taken = {name: owners[name] for name in declared if name in owners}
        for name in declared:
            owners.setdefault(name, reading.file)
        if declared:
            yield _with_problems(reading, taken)
        else:
            yield replace(reading, names=_left(reading, all_declared))


def _left(reading: ContractReading, declared: AbstractSet[str]) -> tuple[str, ...]:
    """The names of a file that is no data contract, without those of datasets; by one at least it can be found."""
    path = Path(reading.file)
    left = tuple(name for name in reading.names if name not in declared)
    return left or (path.name if _stem(path) in declared else _stem(path),)


def _with_own_ids(readings: tuple[ContractReading, ...]) -> tuple[ContractReading, ...]:
    """Where two contracts (versions of one, side by side) declare the same schema object, neither is the other renamed."""
    objects = Counter(
        (each.contract_id, each.object_id)
        for reading in readings
        for each in reading.datasets
        if each.object_id is not None
    )
    if max(objects.values(), default=0) <= 1:
        return readings

    def own(dataset: Dataset) -> Dataset:
        is_shared = dataset.object_id is not None and objects[dataset.contract_id, dataset.object_id] > 1
        return replace(dataset, object_id=None) if is_shared else dataset

    return tuple(replace(reading, datasets=tuple(map(own, reading.datasets))) for reading in readings)


def _with_problems(reading: ContractReading, taken: dict[str, str]) -> ContractReading:
    problems = tuple(
        ContractProblem(
            file=reading.file,
            place="schema",
            problem=f"the dataset {quoted(name)} is declared by {owner} already",
            fix="rename one of them, or remove one of the files",
        )
        for name, owner in taken.items()
    )
    return replace(reading, datasets=(), problems=(*reading.problems, *problems)) if problems else reading
