"""From what files hold to the rules that a contract could demand of the next ones."""

from data_management.domain.services.suggesting.service import RuleSuggestionService

__all__ = ["RuleSuggestionService"]
