"""Paths as people name them: files, and folders that stand for the data files below them."""

from pathlib import Path

from data_management.application.ports import DataLocationService
from data_management.domain.models import DataLocation, FileFormat, Landing
from data_management.errors import InvalidInput


def expanded(path: str, locations: DataLocationService) -> list[str]:
    scheme, separator, _ = path.partition("://")
    if separator and scheme.isalnum() and scheme != "file" and not Path(path).exists():
        raise InvalidInput(
            f"{path} is not on this machine, and this command reads local files; download it, or declare its bucket in a "
            "contract and let `data-management run` read it"
        )
    if not Path(path).is_dir():
        return [path]
    found = locations.list(Landing(root=DataLocation.from_path(path), pattern="**/*"))
    files = [str(file.location.path) for file in found if FileFormat.of_name(file.location.name)]
    if not files:
        raise InvalidInput(
            f"folder {path} holds no CSV, JSON, Parquet, Arrow or Excel file; hidden and temporary names are not looked at"
        )
    return files
