"""Validation of one thing by hand: no catalog, no Dagster, no other process."""

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import DataLocation, Dataset, Examination, ReadOptions, Rule
from data_management.errors import InvalidInput, Rejected

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_JSON: Final = re.compile(r"\s*[\[{]")


def validate(
    source: Any,
    rules: Any = (),
    *,
    dataset: str | None = None,
    samples: int = 0,
    gx_results: bool = False,
    profile: bool = False,
    options: ReadOptions | None = None,
    threads: int | None = None,
    memory_bytes: int | None = None,
) -> Examination:
    """See `data_management.validate`."""
    _check_options(samples=samples, options=options, threads=threads, memory_bytes=memory_bytes)
    from data_management.infrastructure.quality.custom import CustomCode, import_expectations
    from data_management.infrastructure.quality.worker import load_libraries, quiet
    from data_management.settings import load_settings

    settings = load_settings()
    custom = settings.custom_expectations
    load_libraries()
    with quiet():
        import_expectations(CustomCode(custom, str(settings.home.absolute())))
    from data_management.infrastructure.quality.checks import Wanted
    from data_management.infrastructure.quality.connections import Resources
    from data_management.infrastructure.quality.direct import examine_directly
    from data_management.infrastructure.quality.examining import Order
    from data_management.infrastructure.quality.sources import Bounds

    declared = _declared(rules, dataset, custom)
    order = Order(
        rules=_rules(declared, rules, custom),
        columns=declared.columns if declared else (),
        wanted=Wanted(gx_results=gx_results, samples=samples),
        profile=profile,
    )
    if options is None:
        options = declared.landing.options if declared and declared.landing else ReadOptions()
    bounds = Bounds(columns=settings.file_columns, cell_bytes=settings.file_cell_mb << 20)
    try:
        resources = Resources(threads=threads, memory_bytes=memory_bytes)
        return examine_directly(_located(source), order, options, resources, bounds)
    except MemoryError as error:
        raise Rejected("the data needs more memory than there is; give more memory_bytes, or split it") from error


def _check_options(*, samples: object, options: object, threads: object, memory_bytes: object) -> None:
    for name, number, least in (("samples", samples, 0), ("threads", threads, 1), ("memory_bytes", memory_bytes, 1)):
        if number is None and name != "samples":
            continue
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise InvalidInput(f"{name} is {number!r}; give a whole number, {least} at least")
    if options is not None and not isinstance(options, ReadOptions):
        raise InvalidInput(f"options is a {type(options).__name__}; give a data_management.domain.models.ReadOptions")


def _located(source: Any) -> Any:
    """A path or a file:// URI as a location, with a slash at its end where it is a folder; anything else as it is."""
    if not isinstance(source, str | PathLike):
        return source
    if not str(source):
        raise InvalidInput("the source is an empty text; give the path of a file or of a folder of part files")
    path = source
    if isinstance(source, str) and _URI.match(source):
        parts = urlsplit(source)
        if parts.scheme.lower() != "file" or parts.netloc not in ("", "localhost"):
            raise InvalidInput(f"{parts.scheme}:// is no local file; download it, and give the path")
        path = unquote(parts.path)
    return DataLocation.from_folder(path) if _is_folder(path) else DataLocation.from_path(path)


def _is_folder(path: str | PathLike[str]) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # reading it says what is wrong
        return False


def _rules(declared: Dataset | None, given: Any, custom: CustomExpectations) -> tuple[Rule, ...]:
    from data_management.infrastructure.quality.suites import rules_of, rules_of_file, rules_of_json

    if declared is not None:
        return declared.asset_rules
    if _is_json(given):
        return rules_of_json(given, custom)
    return rules_of_file(Path(given), custom) if isinstance(given, str | PathLike) else rules_of(given, custom)


def _is_json(rules: Any) -> bool:
    """Whether it is a suite's JSON itself, not the name of a file."""
    return isinstance(rules, bytes | bytearray) or (isinstance(rules, str) and _JSON.match(rules) is not None)


def _declared(rules: Any, name: str | None, custom: CustomExpectations) -> Dataset | None:
    """The dataset of a contract, where `rules` is one: a file that is not JSON, or a dataset that was read before."""
    if isinstance(rules, Dataset):
        return rules
    if not isinstance(rules, str | PathLike) or _is_json(rules) or Path(rules).suffix.lower() == ".json":
        if name is not None:
            raise InvalidInput(f"dataset={name!r} needs a data contract, which declares it; give its path as rules")
        return None
    from data_management.infrastructure.contracts import OdcsContractReader

    reading = OdcsContractReader(custom).read(Path(rules))
    if reading.problems:
        raise InvalidInput("\n".join(str(problem) for problem in reading.problems))
    declared: Mapping[str, Dataset] = {one.name: one for one in reading.datasets}
    if name is None and len(declared) == 1:
        return next(iter(declared.values()))
    if name is None or name not in declared:
        raise InvalidInput(f"{rules} declares {', '.join(declared)}; choose one by dataset=…")
    return declared[name]
