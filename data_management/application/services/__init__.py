"""The façade, and the use cases that take many steps: landing, validation of batches, files without a catalog, events."""

from data_management.application.handlers import summed
from data_management.application.holders import run_of
from data_management.application.services.access import Authenticator, GuessLimit
from data_management.application.services.alerting import AlertReport, alert_of, begin_alerts, send_alerts
from data_management.application.services.attaching import (
    HeldVersion,
    Judgement,
    OnFailure,
    attached,
    judge_file,
    judge_frame,
    judge_table,
)
from data_management.application.services.auditing import Audited, audit
from data_management.application.services.backfilling import files_by_window, revalidate_since, revalidate_windows
from data_management.application.services.by_hand import FileValidation, validate_files
from data_management.application.services.consuming import Consumption, EventHandler, consume
from data_management.application.services.erasing import erasable, erase
from data_management.application.services.facade import Application, Done, Failed
from data_management.application.services.inline import InlineRelay
from data_management.application.services.landing import LandingReport, Reconciliation, reconcile, record_landing
from data_management.application.services.pruning import audit_kept_from, prune
from data_management.application.services.reading import consume_files
from data_management.application.services.registering import register_file
from data_management.application.services.relay import EventRelay, RelayReport
from data_management.application.services.requiring import Demand, fulfilment_of
from data_management.application.services.suggesting import SuggestedContract, suggest_contract
from data_management.application.services.turns import Delivered, RelayPolicy, RelayState
from data_management.application.services.validation import BatchReport, FileOutcome, revalidate, validate_arrivals

__all__ = [
    "AlertReport",
    "Application",
    "Audited",
    "Authenticator",
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
    "GuessLimit",
    "HeldVersion",
    "InlineRelay",
    "Judgement",
    "LandingReport",
    "OnFailure",
    "Reconciliation",
    "RelayPolicy",
    "RelayReport",
    "RelayState",
    "SuggestedContract",
    "alert_of",
    "attached",
    "audit",
    "audit_kept_from",
    "begin_alerts",
    "consume",
    "consume_files",
    "erasable",
    "erase",
    "files_by_window",
    "fulfilment_of",
    "judge_file",
    "judge_frame",
    "judge_table",
    "prune",
    "reconcile",
    "record_landing",
    "register_file",
    "revalidate",
    "revalidate_since",
    "revalidate_windows",
    "run_of",
    "send_alerts",
    "suggest_contract",
    "summed",
    "validate_arrivals",
    "validate_files",
]
