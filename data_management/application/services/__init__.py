"""The façade, and the use cases that take many steps: landing, validation of batches, files without a catalog, events."""

from data_management.application.services.auditing import Audited, audit
from data_management.application.services.consuming import Consumption, EventHandler, consume
from data_management.application.services.erasing import erasable, erase
from data_management.application.services.facade import Application, Done, Failed
from data_management.application.services.files import FileValidation, validate_files
from data_management.application.services.inline import InlineRelay
from data_management.application.services.landing import LandingReport, Reconciliation, reconcile, record_landing
from data_management.application.services.pruning import prune
from data_management.application.services.reading import consume_files
from data_management.application.services.relay import EventRelay, RelayReport
from data_management.application.services.requiring import Demand, standing
from data_management.application.services.suggesting import SuggestedContract, suggest_contract
from data_management.application.services.turns import Delivered, RelayPolicy, Standing
from data_management.application.services.validation import (
    BatchReport,
    FileOutcome,
    revalidate,
    run_of,
    validate_arrivals,
)

__all__ = [
    "Application",
    "Audited",
    "BatchReport",
    "Consumption",
    "Delivered",
    "Demand",
    "Done",
    "EventHandler",
    "EventRelay",
    "Failed",
    "FileOutcome",
    "FileValidation",
    "InlineRelay",
    "LandingReport",
    "Reconciliation",
    "RelayPolicy",
    "RelayReport",
    "Standing",
    "SuggestedContract",
    "audit",
    "consume",
    "consume_files",
    "erasable",
    "erase",
    "prune",
    "reconcile",
    "record_landing",
    "revalidate",
    "run_of",
    "standing",
    "suggest_contract",
    "validate_arrivals",
    "validate_files",
]
