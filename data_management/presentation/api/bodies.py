"""Bodies that are no JSON of ours: contracts, as YAML or JSON."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from data_management.application.ports import ContractReading
from data_management.presentation.api.context import Context
from data_management.presentation.api.problems import RequestProblem
from data_management.presentation.api.reading import ContractReaders

_EXAMPLE: Final = """apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""
SENT: Final = "contract"
"""What messages call it."""
_READERS: Final = ContractReaders()
_TYPES: Final = ("application/yaml", "application/x-yaml", "text/yaml", "application/json")

CONTRACT_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A data contract of the Open Data Contract Standard, v3.0 to v3.2.",
        "content": {
            "application/yaml": {"schema": {"type": "string"}, "example": _EXAMPLE},
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "apiVersion": "v3.1.0",
                    "kind": "DataContract",
                    "id": "sales",
                    "version": "1.0.0",
                    "status": "active",
                    "schema": [{"name": "orders", "properties": [{"name": "id", "logicalType": "integer"}]}],
                },
            },
        },
    }
}


@dataclass(frozen=True)
class SentContract:
    content: bytes
    reading: ContractReading


async def _contract(request: Request, context: Context) -> SentContract:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise RequestProblem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "send the contract as application/yaml or application/json, and say which in Content-Type",
        )
    content = await request.body()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestProblem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"the contract is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        ) from error
    folder = context.options.contracts_folder.absolute()
    reading = await _READERS.read(lambda: context.contracts().read_text(text, folder, SENT))
    return SentContract(content, reading)


ContractText = Annotated[SentContract, Depends(_contract)]
