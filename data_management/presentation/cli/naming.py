"""Paths as people name them: files, and folders that stand for the data files below them."""

from pathlib import Path

from data_management.application.ports import DataLocationService
from data_management.domain.models import DataLocation, FileFormat, Landing
from data_management.errors import InvalidInput


def expanded(path: str, locations: DataLocationService) -> list[str]:
    if not Path(path).is_dir():
        return [path]
    found = locations.list(Landing(root=DataLocation.from_path(path), pattern="**/*"))
    files = [str(file.location.path) for file in found if FileFormat.of_name(file.location.name)]
    if not files:
        raise InvalidInput(
            f"folder {path} holds no CSV, JSON, Parquet, Arrow or Excel file; hidden and temporary names are not looked at"
        )
    return files
