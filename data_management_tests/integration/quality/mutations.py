"""Good files of every format, and what becomes of them: damage as it happens, and as somebody would do it on purpose."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from data_management_tests.integration.quality.sources.workbooks import write_xlsx

ROWS = 120
NAMES = ["Ada", "Grace", "Émilie", "", 'O\'Neil, "Jo"', "line\nbreak", "0012", "名前"]


def good_files(folder: Path) -> dict[str, bytes]:
    """File name → content; each has `ROWS` rows."""
    rows = [
        {
            "id": n,
            "name": NAMES[n % len(NAMES)] or None,
            "amount": n * 1.25 if n % 7 else None,
            "day": f"2024-01-{n % 28 + 1:02}",
        }
        for n in range(ROWS)
    ]
    table = pa.Table.from_pylist(rows).append_column("tags", pa.array([[n, n + 1] for n in range(ROWS)]))
    text = "id,name,amount,day\n" + "".join(_csv_row(list(row.values())) for row in rows)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    files = {
        "comma.csv": text.encode(),
        "tab.tsv": text.replace(",", "\t").encode(),
        "mark.csv": b"\xef\xbb\xbf" + text.encode(),
        "wide.csv": text.encode("utf-16"),
        "packed.csv.gz": gzip.compress(text.encode(), mtime=0),
        "packed.csv.zst": pa.compress(text.encode(), codec="zstd", asbytes=True),
        "lines.jsonl": lines,
        "packed.jsonl.gz": gzip.compress(lines, mtime=0),
        "array.json": json.dumps(rows, ensure_ascii=False, indent=1).encode(),
    }
    for codec in ("none", "snappy", "zstd", "brotli", "gzip"):
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink, compression=codec, row_group_size=50, write_page_checksum=codec == "zstd")
        files[f"{codec}.parquet"] = sink.getvalue().to_pybytes()
    for name, new in (("file.arrow", pa.ipc.new_file), ("stream.arrows", pa.ipc.new_stream)):
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4" if name == "file.arrow" else None)
        with new(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=50)
        files[name] = sink.getvalue().to_pybytes()
    sheet = [list(rows[0]), *(list(row.values()) for row in rows)]
    files["book.xlsx"] = write_xlsx(folder / "book.xlsx", {"One": sheet}).read_bytes()
    (folder / "book.xlsx").unlink()
    return files


def _csv_row(values: list[object]) -> str:
    fields = ["" if value is None else str(value) for value in values]
    return (
        ",".join('"' + field.replace('"', '""') + '"' if set(field) & set('",\n') else field for field in fields) + "\n"
    )


def _truncate(data: bytes, chance: random.Random, _: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(data: bytes, chance: random.Random, _: bytes) -> bytes:
    changed = bytearray(data)
    for _i in range(chance.choice((1, 1, 3, 20))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _flip_near_the_ends(data: bytes, chance: random.Random, _: bytes) -> bytes:
    """Headers and footers: lengths, offsets, types."""
    changed = bytearray(data)
    for _i in range(chance.choice((1, 2, 4))):
        place = chance.randrange(min(len(data), 200))
        changed[place if chance.random() < 0.3 else -1 - place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(changed)


def _splice(data: bytes, chance: random.Random, other: bytes) -> bytes:
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _insert(data: bytes, chance: random.Random, _: bytes) -> bytes:
    place = chance.randrange(len(data))
    what = chance.choice(
        (b'"', b",", b"\n", b"\0", b"\r", b"\\", b"{", b"]", b"\xff\xfe", b"=cmd|' /C calc'!A0", bytes(99))
    )
    return data[:place] + what + data[place:]


def _erase(data: bytes, chance: random.Random, _: bytes) -> bytes:
    start = chance.randrange(len(data))
    length = chance.choice((1, 8, 100))
    return data[:start] + (bytes(length) if chance.random() < 0.5 else b"") + data[start + length :]


def _change_encoding(data: bytes, chance: random.Random, _: bytes) -> bytes:
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7", "cp037"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _nest(data: bytes, chance: random.Random, _: bytes) -> bytes:
    match chance.randrange(5):
        case 0:
            return gzip.compress(gzip.compress(data, mtime=0), mtime=0)
        case 1:
            return gzip.compress(data, mtime=0) + data
        case 2:
            return b"[" * chance.choice((10, 1_000, 100_000)) + data
        case 3:
            return b'{"a":' * chance.choice((10, 150, 100_000)) + b"1" + b"}" * 150
        case _:
            return pa.compress(data, codec="zstd", asbytes=True)[: chance.choice((-1, None))]


def _inflate(data: bytes, chance: random.Random, _: bytes) -> bytes:
    match chance.randrange(4):
        case 0:
            return gzip.compress(data + bytes(8 << 20), compresslevel=1, mtime=0)
        case 1:
            return data * chance.choice((2, 50))
        case 2:
            return pa.compress(b"a,b\n" + b"1,2\n" * (4 << 20), codec="zstd", asbytes=True)
        case _:
            half = len(data) // 2
            return data[:half] + b"9" * (4 << 20) + data[half:]


def _claim(data: bytes, chance: random.Random, _: bytes) -> bytes:
    """Some four bytes that say a huge number."""
    place = chance.randrange(max(1, len(data) - 8))
    return (
        data[:place]
        + chance.choice((b"\xff\xff\xff\x7f", b"\xff" * 8, b"\0\0\0\x80", b"\xfe\xff\xff\xff"))
        + data[place + 4 :]
    )


MUTATIONS: tuple[Callable[[bytes, random.Random, bytes], bytes], ...] = (
    _truncate,
    _flip,
    _flip_near_the_ends,
    _splice,
    _insert,
    _erase,
    _change_encoding,
    _nest,
    _inflate,
    _claim,
)


def mutated(files: dict[str, bytes], number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`number` broken files, the same for a seed: formats and mutations in turn, now and then two, or under another's name."""
    chance = random.Random(seed)
    names = list(files)
    for index in range(number):
        name = names[index % len(names)]
        mutation = MUTATIONS[(index // len(names)) % len(MUTATIONS)]
        other = files[chance.choice(names)]
        data = mutation(files[name], chance, other)
        if data and chance.random() < 0.15:
            data = chance.choice(MUTATIONS[:6])(data, chance, other)
        if chance.random() < 0.05:
            name = chance.choice(names)
        yield f"{index}-{mutation.__name__[1:]}-{name}", data
