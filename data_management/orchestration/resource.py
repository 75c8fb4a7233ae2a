"""The Dagster resource through which assets, sensors and jobs reach the façade, and consumers what they read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager

import dagster as dg

from data_management.application.file_changes import GivenFiles
from data_management.application.services import Application, Demand, consume_files, fulfilment_of
from data_management.application.views import ScorePoint
from data_management.errors import NotFound

CATALOG = "data_management_catalog"
"""Key of the resource, namespaced so that it clashes with nobody's; ops and sensors take it as a parameter of this name."""


class CatalogResource(dg.ConfigurableResource, ABC):  # type: ignore[type-arg]
    """Opens the catalog in the process that uses it; subclassed where the concrete parts are known."""

    @abstractmethod
    def open_application(self) -> Application:
        """The façade; the caller closes it when it has used the quality engine."""

    def consume(
        self,
        dataset: str,
        *,
        consumer: str,
        limit: int | None = None,
        lease_seconds: float = 60.0,
        wait_seconds: float | None = None,
        ignore_withdrawn: bool = False,
    ) -> AbstractContextManager[GivenFiles]:
        """The files of a dataset that a consumer has not seen, for a ``with`` block: each once.

        The block is given what became accepted, and what of that it had was withdrawn since (deleted, replaced by a newer version, found bad).
        Take away the withdrawn, then add the accepted. When the block ends, the consumer's offset moves, in one transaction; when
        it raises, or its process dies, all is given again.

        Args:
            dataset: its name, as in the contract.
            consumer: under which name the catalog remembers what was given.
            limit: how many changes at most; ``files.is_complete`` says whether more wait.
            lease_seconds: how long a process that shows no sign of life keeps others from working as this consumer.
            wait_seconds: how long to wait for another that works as this consumer; unset, for as long as one that died keeps its lease.
            ignore_withdrawn: whether it is right to keep what came of files that were withdrawn; else the block has to look at ``files.withdrawn``.

        Raises:
            NotFound: the catalog has no such dataset.
            Conflict: another process works as the same consumer; or, at the end, took over, or files were withdrawn and the block did not look.
        """
        app = self.open_application()
        return consume_files(
            app,
            dataset,
            consumer,
            limit=limit,
            lease_seconds=lease_seconds,
            wait_seconds=wait_seconds,
            ignore_withdrawn=ignore_withdrawn,
        )

    def require(
        self,
        dataset: str,
        *,
        min_score: float | None = None,
        dimensions: Mapping[str, float] | None = None,
        verdict: str | None = None,
    ) -> ScorePoint:
        """Go on only where a dataset is good enough for this consumer; its last score.

        Args:
            dataset: its name, as in the contract.
            min_score: what the score must at least be (0 to 100); rules that could not be run count as failed.
            dimensions: the same of dimensions, such as ``{"completeness": 95}``; one that is not measured does not meet a demand.
            verdict: the worst that will do: ``pass`` or ``warn``. Unset, only the other demands count; where there are none, ``warn``.

        Raises:
            dagster.Failure: a demand is not met, or there is no such dataset; it is not retried, and its metadata say by how much.
            InvalidInput: there is no such dimension, verdict or score.
        """
        demand = Demand.of(min_score, dimensions, verdict)
        try:
            found = fulfilment_of(self.open_application(), dataset, demand)
        except NotFound as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        if found.latest is None or found.unmet:
            numbers: dict[str, float | str] = {"data_management/dataset": dataset}
            for each in found.shortfalls:
                numbers[f"{each.of}/demanded"] = each.minimum
                numbers[f"{each.of}/at_least"] = "not measured" if each.lower is None else each.lower
                numbers[f"{each.of}/short_by"] = each.points
            if found.latest is not None:
                numbers["verdict"] = found.latest.verdict.value
                numbers["judged_at"] = found.latest.at.isoformat(timespec="seconds")
            raise dg.Failure(
                description=f"Dataset {dataset} does not meet what is required of it: {'; '.join(found.unmet)}.",
                metadata=numbers,
                allow_retries=False,
            )
        return found.latest


def gated_eager() -> dg.AutomationCondition:  # type: ignore[type-arg]
    """`AutomationCondition.eager()` that waits while a blocking check of an upstream asset fails, whichever run it failed in."""
    return dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()
