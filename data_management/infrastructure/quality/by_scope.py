"""The quality engine of data assets, and that of whole datasets, which has limits of its own."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from data_management.application.ports import ExaminationOutcome, ExaminationRequest, QualityEngine
from data_management.domain.models import RuleScope


class QualityEngineByScope:
    """`QualityEngine`: what is one data asset goes to one engine, all of a dataset together to the other."""

    def __init__(self, assets: QualityEngine, datasets: QualityEngine) -> None:
        self._engines = {RuleScope.ASSET: assets, RuleScope.DATASET: datasets}

    def examine(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        for scope, some in groupby(requests, key=lambda request: request.scope):
            yield from self._engines[scope].examine(some)

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close()
