"""The contracts on disk, beside what was loaded of them."""

from pathlib import Path

from data_management.application.ports import ContractReader
from data_management.domain.models import Dataset
from data_management.orchestration.pinning import fingerprint


class ContractsOnDisk:
    """Whether a contract still says of a dataset what it said when it was loaded; a file is read again only where it was touched."""

    def __init__(self, reader: ContractReader) -> None:
        self._reader = reader
        self._seen: dict[str, tuple[tuple[int, int] | None, dict[str, str]]] = {}

    def is_current(self, dataset: Dataset) -> bool:
        if dataset.source is None:
            return True
        stamp = _stamp(Path(dataset.source))
        seen = self._seen.get(dataset.source)
        if seen is None or seen[0] != stamp:
            reading = self._reader.read(Path(dataset.source))
            seen = (stamp, {each.name: fingerprint(each) for each in reading.datasets})
            self._seen[dataset.source] = seen
        return seen[1].get(dataset.name) == fingerprint(dataset)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
