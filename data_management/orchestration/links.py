"""Where Dagster's UI shows what is ours."""

from collections.abc import Callable
from urllib.parse import quote

from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.naming import prefix_parts


def lineage_links(url: str, key_prefix: str) -> Callable[[str], str]:
    """From a dataset's name to the lineage of its asset, as Dagster's web server at `url` routes it."""
    prefix = prefix_parts(key_prefix)

    def lineage(dataset: str) -> str:
        path = "/".join(quote(part, safe="") for part in DatasetNames(dataset, prefix).key.path)
        return f"{url.rstrip('/')}/assets/{path}?view=lineage"

    return lineage
