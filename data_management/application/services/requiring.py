"""What one consumer demands of a dataset, beside what its contract does."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from data_management.application.queries import GetDatasetQuery
from data_management.application.services.facade import Application
from data_management.application.views import ScorePoint
from data_management.domain.models import Dimension, QualityGate, Shortfall, Verdict
from data_management.errors import InvalidInput


@dataclass(frozen=True)
class Demand:
    """A gate of a consumer's own: bounds on 0–100 for what the score is at least, and the worst verdict that will do."""

    gate: QualityGate = QualityGate()
    verdict: Verdict | None = None

    @classmethod
    def of(
        cls, min_score: float | None, dimensions: Mapping[str, float] | None, verdict: str | None = None
    ) -> "Demand":
        """Where nothing is demanded, any verdict but fail will do. `InvalidInput` for what is no dimension, verdict or bound."""
        known = {dimension.value: dimension for dimension in Dimension}
        for name, bound in [("min_score", min_score), *(dimensions or {}).items()]:
            if name not in ("min_score", *known):
                raise InvalidInput(f"{name!r} is no dimension of quality; there are {', '.join(known)}")
            if bound is not None and not 0 <= bound <= 100:  # noqa: PLR2004  the scale of scores
                raise InvalidInput(f"{name} of {bound:g} can never be told from others: scores are from 0 to 100")
        if verdict not in (None, *(each.value for each in Verdict)):
            raise InvalidInput(f"{verdict!r} is no verdict; there are {', '.join(Verdict)}")
        nothing = min_score is None and not dimensions and verdict is None
        return cls(
            QualityGate(min_score, tuple((known[name], bound) for name, bound in (dimensions or {}).items())),
            Verdict.WARN if nothing else None if verdict is None else Verdict(verdict),
        )


@dataclass(frozen=True)
class Fulfilment:
    """How a dataset meets a demand: `shortfalls` in numbers, `unmet` all that is wrong in words; empty where nothing is."""

    latest: ScorePoint | None
    shortfalls: tuple[Shortfall, ...] = ()
    unmet: tuple[str, ...] = ()


def fulfilment_of(app: Application, dataset: str, demand: Demand) -> Fulfilment:
    """How the dataset's last score and verdict meet a demand; `NotFound` where the catalog has no such dataset."""
    view = app.ask(GetDatasetQuery(dataset))
    latest = view.latest
    if view.retired_at is not None:
        return Fulfilment(latest, unmet=(f"the dataset is retired since {view.retired_at:%Y-%m-%d}",))
    if latest is None:
        return Fulfilment(None, unmet=("nothing of it was judged yet",))
    shortfalls = demand.gate.shortfalls(latest.score)
    unmet = [str(shortfall) for shortfall in shortfalls]
    if demand.verdict is not None and latest.verdict.rank > demand.verdict.rank:
        because = f" ({'; '.join(latest.reasons)})" if latest.reasons else ""
        unmet.append(f"its verdict is {latest.verdict}{because}; {demand.verdict} is demanded")
    return Fulfilment(latest, shortfalls, tuple(unmet))
