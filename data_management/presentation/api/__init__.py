"""The REST API: the façade over HTTP. It holds no business logic and translates errors once, in `problems`."""

from data_management.presentation.api.application import create_app
from data_management.presentation.api.context import ApiOptions
from data_management.presentation.api.serving import serve

__all__ = ["ApiOptions", "create_app", "serve"]
