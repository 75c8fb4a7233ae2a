from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.domain.models import DataLocation, Landing, ReadOptions, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.quality.sources import Bounds, OtherVersion, Source, open_source
from data_management.infrastructure.quality.sources.plain import Spool
from data_management_tests.integration.quality.sources.examples import BOTH, SMALL, codes, scanned, types

SERVICE = LocalDataLocationService()
MIXED = Bounds(small_bytes=1200)
"""Some parts are in memory then, and some are not."""
ALL = pytest.mark.parametrize("bounds", [Bounds(), Bounds(small_bytes=0), MIXED], ids=["small", "large", "mixed"])


def _folder(above: Path, *parts: pa.Table, name: str = "2024-01-01") -> Path:
    folder = above / name
    folder.mkdir()
    for number, table in enumerate(parts):
        parquet.write_table(table, folder / f"part-{number:05}.parquet")
    for other in ("_SUCCESS", ".part-0.crc", "part-9.parquet.tmp"):
        (folder / other).write_bytes(b"")
    return folder


def _part(start: int, **more: pa.Array) -> pa.Table:
    return pa.table({"a": pa.array(range(start, start + 3)), **more})


def _opened(folder: Path, spool: Spool, bounds: Bounds = SMALL, token: VersionToken | None = None) -> Source:
    return open_source(DataLocation.from_folder(folder), token, ReadOptions(), spool, bounds)


def _tokens(root: Path, pattern: str = "*/", marker: str | None = None) -> dict[str, str]:
    found = SERVICE.list(Landing(DataLocation.from_path(root), pattern, marker=marker))
    return {each.location.uri.rsplit("/", 2)[1] + "/": each.version_token.value for each in found}


@ALL
def test_parts_are_one_table(folder: Path, spool: Spool, bounds: Bounds) -> None:
    source = _opened(_folder(folder, *(_part(3 * n) for n in range(5))), spool, bounds)
    assert (types(source), sorted(scanned(source))) == ({"a": "BIGINT"}, [(n,) for n in range(15)])
    assert (source.decisions["parts"], source.decisions["format"], source.sha256) == (5, "parquet", None)
    assert codes(source) == []


@ALL
def test_columns_are_united_by_name_and_widened(folder: Path, spool: Spool, bounds: Bounds) -> None:
    floats = pa.array([float("nan"), None, 1.0])
    parts = (
        _part(0, x=pa.array([1, 2, 3], pa.int32())),
        pa.table({"x": pa.array([4], pa.int64()), "f": pa.array([1.0]), "a": pa.array([9])}),
        _part(3, f=floats),
    )
    source = _opened(_folder(folder, *parts), spool, bounds)
    assert types(source) == {"a": "BIGINT", "x": "BIGINT", "f": "DOUBLE"}
    assert sorted(scanned(source), key=str) == sorted(
        [(0, 1, None), (1, 2, None), (2, 3, None), (9, 4, 1.0), (3, None, None), (4, None, None), (5, None, 1.0)],
        key=str,
    )
    assert [note.code for note in (*source.notes, *source.nan_notes({"f": 5}))] == ["parts", "nan"]
    both = _folder(folder, pa.table({"f": [1]}), pa.table({"f": [0.5]}), name="both")
    assert sorted(scanned(_opened(both, spool, bounds))) == [(0.5,), (1.0,)]


@BOTH
def test_parts_that_do_not_fit_together_are_refused(folder: Path, spool: Spool, bounds: Bounds) -> None:
    texts = _folder(folder, _part(0), pa.table({"a": ["x"]}), name="types")
    with pytest.raises(Rejected, match="is VARCHAR in the part 'part-00001"):
        _opened(texts, spool, bounds)
    formats = _folder(folder, _part(0), name="formats")
    (formats / "part-1.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(Rejected, match="several formats"):
        _opened(formats, spool, bounds)


def test_what_is_no_flat_folder_of_parts_is_refused(folder: Path, spool: Spool) -> None:
    for name, below, words in (("d", "_delta_log", "Delta table"), ("h", "year=2024", "1 folder")):
        delta = _folder(folder, _part(0), name=name)
        (delta / below).mkdir()
        with pytest.raises(Rejected, match=words):
            _opened(delta, spool)
    with pytest.raises(Rejected, match="no part files"):
        _opened(_folder(folder, name="e"), spool)
    with pytest.raises(Rejected, match=r"more than 1;"):
        _opened(_folder(folder, _part(0), _part(1), name="m"), spool, Bounds(parts=1))
    with pytest.raises(Rejected, match="cannot be listed"):
        _opened(folder / "none", spool)


def _vanish(folder: Path) -> None:
    (folder / "part-00000.parquet").unlink()


def _come(folder: Path) -> None:
    (folder / "part-2.parquet").write_bytes((folder / "part-00000.parquet").read_bytes())


def _change(folder: Path) -> None:
    with (folder / "part-00001.parquet").open("ab") as end:
        end.write(b"x")


def _rename(folder: Path) -> None:
    (folder / "part-00000.parquet").rename(folder / "part-7.parquet")


@BOTH
@pytest.mark.parametrize("change", [_vanish, _come, _change, _rename])
def test_a_part_that_comes_goes_or_changes_is_another_version(
    folder: Path, spool: Spool, bounds: Bounds, change: Callable[[Path], None]
) -> None:
    parts = _folder(folder, _part(0), _part(3))
    token = VersionToken(_tokens(folder)["2024-01-01/"])
    source = _opened(parts, spool, bounds, token)
    source.verify()
    change(parts)
    with pytest.raises(OtherVersion):
        source.verify()
    with pytest.raises(OtherVersion):
        _opened(parts, spool, bounds, token)
    assert _tokens(folder)["2024-01-01/"] != token.value


def test_a_part_that_goes_while_the_others_are_opened_is_another_version(
    folder: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data_management.infrastructure.quality.sources import opening

    parts, really_open = _folder(folder, _part(0), _part(3)), opening.open_file

    def open_and_remove(*arguments: object) -> object:
        found = really_open(*arguments)  # type: ignore[arg-type]
        (parts / "part-00001.parquet").unlink(missing_ok=True)
        return found

    monkeypatch.setattr(opening, "open_file", open_and_remove)
    with pytest.raises(OtherVersion):
        _opened(parts, spool)


def test_a_listing_of_folders(tmp_path: Path) -> None:
    for name in ("b", "a", "_temporary", ".hidden", "c.tmp"):
        _folder(tmp_path, _part(0), name=name)
    _folder(tmp_path, name="empty")
    (tmp_path / "file.parquet").write_bytes(b"x")
    assert list(_tokens(tmp_path)) == ["a/", "b/"]
    (tmp_path / "a" / "_SUCCESS").unlink()
    assert list(_tokens(tmp_path, marker="_SUCCESS")) == ["b/"]
    assert list(_tokens(tmp_path, "b*/")) == ["b/"]
    (found,) = SERVICE.list(Landing(DataLocation.from_path(tmp_path), "b/"))
    assert found == SERVICE.find(found.location)
    assert found.location == DataLocation.from_folder(tmp_path / "b")
    assert found.size_bytes == (tmp_path / "b" / "part-00000.parquet").stat().st_size
    before = _tokens(tmp_path)
    (tmp_path / "b" / "_SUCCESS").write_bytes(b"again")
    assert _tokens(tmp_path) == before, "a marker is no part"


def test_folders_of_folders_are_found_and_not_looked_into(tmp_path: Path) -> None:
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        _folder(tmp_path / year, _part(0), name="01")
    assert len(_tokens(tmp_path, "*/*/")) == 1, "both are called 01"
    found = SERVICE.list(Landing(DataLocation.from_path(tmp_path), "*/*/"))
    assert [each.location.path.relative_to(tmp_path).as_posix() for each in found] == ["2023/01", "2024/01"]


def test_a_thousand_parts(folder: Path, spool: Spool) -> None:
    parts = _folder(folder, *(_part(n) for n in range(300)))
    assert len(scanned(_opened(parts, spool, Bounds(small_bytes=0)))) == 900
