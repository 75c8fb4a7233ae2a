"""What changed between two versions of contracts, and whom it breaks."""

from data_management.domain.services.diffing.datasets import diff_contracts

__all__ = ["diff_contracts"]
