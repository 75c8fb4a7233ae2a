"""What Prometheus scrapes: requests, and where the datasets stand."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from data_management.application.queries import FindDatasetsQuery, ListDestinationsQuery
from data_management.application.services import Application
from data_management.application.views import DatasetView

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})


class ApiMetrics:
    """One server's own: another one in the same process has others."""

    def __init__(self, app: Application) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("data_management_http_requests", "Requests.", labels, registry=self._registry)
        self._seconds = Histogram(
            "data_management_http_request_seconds",
            "How long requests took.",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._registry.register(_CatalogCollector(app))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        method = method if method in _METHODS else "(other)"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All of it in the text format; it asks the catalog."""
        return generate_latest(self._registry)


class _CatalogCollector(Collector):
    def __init__(self, app: Application) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        score = GaugeMetricFamily("data_management_dataset_score", "The last score, 0 to 100.", labels=["dataset"])
        lower = GaugeMetricFamily("data_management_dataset_score_lower", "Its lower bound.", labels=["dataset"])
        verdict = GaugeMetricFamily(
            "data_management_dataset_verdict", "1 for the last verdict.", labels=["dataset", "verdict"]
        )
        at = GaugeMetricFamily(
            "data_management_dataset_scored_timestamp_seconds", "When it was scored last.", labels=["dataset"]
        )
        files = GaugeMetricFamily("data_management_dataset_files", "Current files.", labels=["dataset", "status"])
        for dataset in self._datasets():
            latest, counts = dataset.latest, dataset.counts
            if latest is not None:
                verdict.add_metric([dataset.name, latest.verdict.value], 1)
                at.add_metric([dataset.name], latest.at.timestamp())
                if latest.score.value is not None:
                    score.add_metric([dataset.name], latest.score.value)
                if latest.score.lower is not None:
                    lower.add_metric([dataset.name], latest.score.lower)
            for status in ("pending", "accepted", "quarantined", "rejected"):
                files.add_metric([dataset.name, status], getattr(counts, status))
        behind = GaugeMetricFamily(
            "data_management_destination_behind", "Events a destination has not been sent.", labels=["destination"]
        )
        dead = GaugeMetricFamily("data_management_destination_dead", "Its dead letters.", labels=["destination"])
        for view in self._app.ask(ListDestinationsQuery()):
            behind.add_metric([view.destination.name], view.behind)
            dead.add_metric([view.destination.name], view.dead)
        yield from (score, lower, verdict, at, files, behind, dead)

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked of the catalog when the collector is registered."""
        yield from ()

    def _datasets(self) -> Iterator[DatasetView]:
        after = None
        while True:
            page = self._app.ask(FindDatasetsQuery(after=after, limit=500))
            yield from page.datasets
            if page.next is None:
                return
            after = page.next
