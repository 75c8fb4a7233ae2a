"""Pages to look at the catalog with a browser: made on the server, without scripts, for the holders of keys."""

from data_management.presentation.pages.application import create_pages
from data_management.presentation.pages.site import PageOptions

__all__ = ["PageOptions", "create_pages"]
