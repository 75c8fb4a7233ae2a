"""Who works at this machine."""

import getpass

from data_management.domain.models import Principal, Role


def me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container whose user has no name
        return "unknown"


def system_user() -> Principal:
    """Who can write to the catalog's database may do everything."""
    return Principal(f"user/{me()}", Role.ADMIN)
