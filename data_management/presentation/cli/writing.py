"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path

from data_management.errors import InvalidInput


def exists(output: Path) -> str:
    return f"{output} exists; give --force to replace it, or another --output"


def write_whole(output: Path, text: str, *, force: bool) -> None:
    """All of it or nothing: beside the output, then in its place."""
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.absolute().parent)
    except OSError as error:
        raise InvalidInput(
            f"--output {output}: {error.strerror}; name a file in a folder that may be written"
        ) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(draft).chmod(0o666 & ~umask)
        if force:
            Path(draft).replace(output)
        else:
            output.hardlink_to(draft)
    except FileExistsError as error:
        raise InvalidInput(exists(output)) from error
    finally:
        Path(draft).unlink(missing_ok=True)
