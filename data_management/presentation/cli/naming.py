"""Paths as people name them: files, and folders that stand for the data files below them."""

from pathlib import Path
from typing import Final

from data_management.application.ports import DataLocationService
from data_management.domain.models import DataLocation, FileFormat, Landing
from data_management.errors import InvalidInput

_OF_A_PATTERN: Final = ("*", "?", "[")


def expanded(path: str, locations: DataLocationService) -> list[str]:
    """The files that `path` stands for, named as it is: below where one stands, or absolute. `InvalidInput` where there is none."""
    if not path.strip():
        raise InvalidInput("a file's name is empty; is a variable of the shell not set?")
    if path == "-":
        raise InvalidInput(
            "a file is read more than once, and standard input only once; write it to a file, and name that "
            "(--files-from - reads the names of files)"
        )
    scheme, separator, _ = path.partition("://")
    named = Path(DataLocation(path).path) if separator and scheme == "file" else Path(path)
    if separator and scheme.isalnum() and scheme != "file" and not _is_there(named):
        raise InvalidInput(
            f"{path} is not on this machine, and this command reads local files; download it, or declare its bucket in a "
            "contract and let `data-management run` read it"
        )
    if not _is_there(named):
        if any(each in path for each in _OF_A_PATTERN):
            raise InvalidInput(f"no file matches {path}; leave patterns to the shell, or name the folder")
        raise InvalidInput(f"there is no file {path}; check the name, and the folder where you stand: {Path.cwd()}")
    if not named.is_dir():
        return [str(named)]
    root = DataLocation.from_path(named)
    found = locations.list(Landing(root=root, pattern="**/*"))
    files = [
        str(named / file.location.path.relative_to(root.path))
        for file in found
        if FileFormat.of_name(file.location.name)
    ]
    if not files:
        raise InvalidInput(
            f"folder {path} holds no CSV, JSON, Parquet, Arrow or Excel file; hidden and temporary names are not looked at"
        )
    return files


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} cannot be looked at: {getattr(error, 'strerror', None) or error}") from error
