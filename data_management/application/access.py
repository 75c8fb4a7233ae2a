"""Who may what."""

from data_management.domain.models import Permission, Principal
from data_management.errors import Denied


def must_be_allowed(principal: Principal, permission: Permission, dataset: str | None = None) -> None:
    """`Denied` where the principal may not do that, or not to this dataset."""
    if not principal.may(permission):
        raise Denied(f"the role {principal.role} may not {permission}; ask an administrator of the catalog")
    if dataset is not None and not principal.sees(dataset):
        raise Denied(f"this key is not for dataset {dataset!r}; ask an administrator of the catalog")
