"""Data catalog and data quality inside Dagster."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_management.domain.models import Examination, ReadOptions

__all__ = ["validate"]


def validate(
    source: Any,
    rules: Any = (),
    *,
    dataset: str | None = None,
    samples: int = 0,
    gx_results: bool = False,
    profile: bool = False,
    options: "ReadOptions | None" = None,
    threads: int | None = None,
    memory_bytes: int | None = None,
) -> "Examination":
    """Check a file, a folder of part files, or a frame in memory: Great Expectations defines and judges, DuckDB computes.

    `source` is a path, a pandas or Polars DataFrame, or a pyarrow Table. `rules` is the path of a data contract (`dataset` says
    which of its datasets, where it has several), the path or the content of an expectation suite's JSON, a Great Expectations
    suite, or expectations. Each of the result's ``checks`` says which engine computed it.

    `samples` unexpected values are shown per check; with `gx_results` each check carries Great Expectations' own result, as
    `to_json_dict` gives it, with up to 20 of them. Columns that the contract classifies show no values. `profile` adds figures of every column. `options` overrules how the
    contract says that files are read. `threads` and `memory_bytes` bound DuckDB (default: all cores, 80 % of memory).

    This runs in the calling process: a file that crashes its reader takes the process with it. The command line and Dagster use
    workers. Raises `InvalidInput` for rules that cannot be used and `Rejected` for what cannot be read.
    """
    from data_management.standalone import validate

    return validate(
        source,
        rules,
        dataset=dataset,
        samples=samples,
        gx_results=gx_results,
        profile=profile,
        options=options,
        threads=threads,
        memory_bytes=memory_bytes,
    )
