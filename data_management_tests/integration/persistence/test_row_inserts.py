"""What is written column by column comes back as what SQLAlchemy writes row by row does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from data_management.infrastructure.persistence.engine import writing
from data_management.infrastructure.persistence.row_inserts import insert_rows
from data_management.infrastructure.persistence.tables import outbox

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STRANGE = "half \udc80, nothing \x00, ␛"


@pytest.mark.parametrize(
    "names",
    [
        ["plain", "as well", "this too"],
        [STRANGE, STRANGE, STRANGE],
        ["plain", STRANGE, "plain"],
        ["ü", "plain", "plain"],
    ],
)
@pytest.mark.parametrize("apart", [0, 1])
def test_columns_come_back_as_rows_do(either: Engine, names: list[str], apart: int) -> None:
    times = [NOON + timedelta(microseconds=apart * number) for number in range(3)]
    rows: list[dict[str, Any]] = [
        {
            "event_id": f"{number:032}",
            "aggregate": "data_asset",
            "aggregate_id": name,
            "aggregate_version": number,
            "ordinal": 0,
            "type": "DataAssetArrived",
            "payload": {"number": number},
            "occurred_at": at,
        }
        for number, (name, at) in enumerate(zip(names, times, strict=True))
    ]
    its = [outbox.c[name] for name in rows[0]]
    read = select(*its).order_by(outbox.c.event_id)
    with writing(either).begin() as connection:
        connection.execute(outbox.delete())
        connection.execute(insert(outbox), rows)
        wanted = connection.execute(read).all()
        connection.execute(outbox.delete())
        insert_rows(connection, outbox, {name: [row[name] for row in rows] for name in rows[0]})
        assert connection.execute(read).all() == wanted
    assert [row.aggregate_id for row in wanted] == names
    assert [row.occurred_at for row in wanted] == times
