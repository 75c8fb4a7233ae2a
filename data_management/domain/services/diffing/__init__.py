"""What changed between two versions of contracts, and whom it breaks."""

from data_management.domain.services.diffing.datasets import diff_contracts
from data_management.domain.services.diffing.rules import describe as describe_rule

__all__ = ["describe_rule", "diff_contracts"]
