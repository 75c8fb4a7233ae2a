"""What the catalog remembers, in the shape in which it is read."""

from data_management.application.views import AssetView, DatasetView, RuleView, ScorePoint
from data_management.domain.models import AssetCounts, DataCatalogEntry, Dataset, RuleTotals
from data_management.domain.repositories import DatasetScore


def asset_view(entry: DataCatalogEntry) -> AssetView:
    asset = entry.asset
    return AssetView(
        id=asset.id,
        dataset=asset.dataset,
        location=asset.location.uri,
        status=asset.status,
        reason=asset.reason,
        verdict=entry.verdict,
        score=entry.score,
        row_count=entry.row_count,
        size_bytes=asset.size_bytes,
        version_token=asset.version_token.value,
        version=entry.version,
        arrived_at=asset.arrived_at,
        columns=entry.columns,
        profile=entry.profile,
        notes=entry.notes,
        content_sha256=asset.content_sha256,
    )


def score_point(score: DatasetScore) -> ScorePoint:
    return ScorePoint(
        at=score.at,
        score=score.score,
        verdict=score.verdict,
        reasons=score.reasons,
        counts=score.counts,
        contract_version=score.contract_version,
    )


def dataset_view(
    dataset: Dataset, counts: AssetCounts, latest: ScorePoint | None, totals: tuple[RuleTotals, ...]
) -> DatasetView:
    landing = dataset.landing
    return DatasetView(
        name=dataset.name,
        contract_id=dataset.contract_id,
        contract_version=dataset.contract_version,
        description=dataset.description,
        owners=dataset.owners,
        tags=dataset.tags,
        landing=f"{landing.root.uri.rstrip('/')}/{landing.pattern}" if landing else None,
        rules=tuple(RuleView.of(rule) for rule in dataset.rules),
        counts=counts,
        latest=latest,
        totals=totals,
    )
