"""What ``dg scaffold defs`` makes: a component that works at once."""

from pathlib import Path

import dagster as dg

from data_management.orchestration.naming import slug

_CONTRACT = """\
# A data contract (Open Data Contract Standard): where files land, what they hold, and what must be true of them.
apiVersion: v3.1.0
kind: DataContract
id: {name}-contract
version: 1.0.0
status: active
description:
  purpose: An example to change. `data-management contract suggest FOLDER` makes one from files of your own.
servers:
  - server: landing
    type: local
    path: "../landing/*.csv"
    format: csv
schema:
  - name: {name}
    description: Orders, one file a day.
    properties:
      - name: order_id
        logicalType: integer
        required: true
        unique: true
      - name: amount
        logicalType: number
        logicalTypeOptions: {{minimum: 0}}
      - name: status
        logicalType: string
        quality:
          - metric: invalidValues
            arguments: {{validValues: [open, paid, shipped]}}
            mustBe: 0
            severity: warning
"""
_ROWS = "order_id,amount,status\n1,19.90,paid\n2,5.00,open\n3,120.00,shipped\n"


class DataContractsScaffolder(dg.Scaffolder):
    """Writes ``defs.yaml``, an example contract, and a landing with a file to judge; what is there stays.

    The dataset bears the folder's name, since datasets of one catalog have names of their own.
    """

    def scaffold(self, request: dg.ScaffoldRequest) -> None:
        folder, name = request.target_path, f"{slug(request.target_path.name)}_orders"
        dg.scaffold_component(request, {"contracts": "contracts"})
        _write(folder / "contracts" / "orders.odcs.yaml", _CONTRACT.format(name=name))
        _write(folder / "landing" / "orders_1.csv", _ROWS)


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
