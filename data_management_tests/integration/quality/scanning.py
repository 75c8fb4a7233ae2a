"""A worker task that opens a request's first file as a source and scans all of it, and judges nothing."""

import pickle

from data_management.application.ports import Changed, ExaminationRequest, Examined, Unreadable
from data_management.domain.models import Column, Examination
from data_management.errors import DataManagementError
from data_management.infrastructure.quality.limits import Limits, bound_processor_time


def scan_pickled(request: bytes, limits: Limits) -> bytes:
    bound_processor_time(limits.timeout_seconds)
    asked: ExaminationRequest = pickle.loads(request)
    return pickle.dumps(_outcome(asked, limits))


def _outcome(asked: ExaminationRequest, limits: Limits) -> Examined | Unreadable | Changed:
    name = repr(asked.locations[0].name)
    try:
        import duckdb

        from data_management.infrastructure.quality.sources import OtherVersion, open_source, private_spool
        from data_management_tests.integration.quality.sources.examples import connected
    except ImportError as error:
        return Unreadable(asked.key, f"{name}: {error}")
    try:
        with private_spool(limits.expanded_bytes) as spool:
            source = open_source(asked.locations[0], None, asked.options, spool)
            with connected(source) as connection:
                sums = ", ".join(f"count(c{n}), max(c{n}::VARCHAR)" for n in range(len(source.columns)))
                names = ", ".join(f"c{n}" for n in range(len(source.columns)))
                scanned = connection.execute(f"SELECT count(*), {sums} FROM {source.relation} AS r({names})").fetchall()
            source.verify()
        assert source.rows in (None, scanned[0][0])
        columns = tuple(Column(one.name, one.type) for one in source.columns)
        return Examined(asked.key, Examination(columns, scanned[0][0], ()))
    except OtherVersion:
        return Changed(asked.key)
    except DataManagementError as error:
        return Unreadable(asked.key, error.message)
    except (MemoryError, duckdb.OutOfMemoryException):
        return Unreadable(asked.key, limits.out_of_memory(name))
    except duckdb.Error as error:
        return Unreadable(asked.key, f"{name} cannot be scanned ({type(error).__name__})")
    except ModuleNotFoundError as error:
        return Unreadable(asked.key, f"{name}: {error.name} is not there yet")
