"""What can be asked of the catalog to do. Imperative; each names the type of its result."""

from data_management.application.commands.access import (
    ActCommand,
    Acted,
    Affected,
    Caller,
    CreateKeyCommand,
    IssuedKey,
    RecordAuditCommand,
    RevokeKeyCommand,
)
from data_management.application.commands.base import Command
from data_management.application.commands.batches import (
    Batch,
    ClaimBatchCommand,
    ExpireLeaseCommand,
    ReleaseBatchCommand,
    RenewLeaseCommand,
)
from data_management.application.commands.consumers import (
    CommitConsumptionCommand,
    ForgetConsumerCommand,
    OpenConsumptionCommand,
    ReleaseConsumptionCommand,
    RenewConsumptionCommand,
    ResetConsumerCommand,
)
from data_management.application.commands.data_assets import (
    ArrivalsRecorded,
    Erased,
    EraseDataAssetsCommand,
    RecordArrivalsCommand,
    RecordRemovalsCommand,
    RegisterDataAssetCommand,
    RejectDataAssetCommand,
)
from data_management.application.commands.datasets import RegisterDatasetCommand, RetireDatasetCommand
from data_management.application.commands.events import (
    ForgetDestinationCommand,
    ForgetSeenEventsCommand,
    HandleEventCommand,
    MoveConsumerCommand,
    RetryDeadLettersCommand,
)
from data_management.application.commands.quality import (
    DatasetAssessed,
    JudgeDataAssetCommand,
    JudgeVersionCommand,
    ScoreDatasetCommand,
    UpdateDataQualityCommand,
    VersionJudged,
)
from data_management.application.commands.upkeep import MendTotalsCommand, PruneCommand, RebuildSearchCommand

__all__ = [
    "ActCommand",
    "Acted",
    "Affected",
    "ArrivalsRecorded",
    "Batch",
    "Caller",
    "ClaimBatchCommand",
    "Command",
    "CommitConsumptionCommand",
    "CreateKeyCommand",
    "DatasetAssessed",
    "EraseDataAssetsCommand",
    "Erased",
    "ExpireLeaseCommand",
    "ForgetConsumerCommand",
    "ForgetDestinationCommand",
    "ForgetSeenEventsCommand",
    "HandleEventCommand",
    "IssuedKey",
    "JudgeDataAssetCommand",
    "JudgeVersionCommand",
    "MendTotalsCommand",
    "MoveConsumerCommand",
    "OpenConsumptionCommand",
    "PruneCommand",
    "RebuildSearchCommand",
    "RecordArrivalsCommand",
    "RecordAuditCommand",
    "RecordRemovalsCommand",
    "RegisterDataAssetCommand",
    "RegisterDatasetCommand",
    "RejectDataAssetCommand",
    "ReleaseBatchCommand",
    "ReleaseConsumptionCommand",
    "RenewConsumptionCommand",
    "RenewLeaseCommand",
    "ResetConsumerCommand",
    "RetireDatasetCommand",
    "RetryDeadLettersCommand",
    "RevokeKeyCommand",
    "ScoreDatasetCommand",
    "UpdateDataQualityCommand",
    "VersionJudged",
]
