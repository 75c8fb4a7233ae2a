"""Who holds a batch."""


def holder_of(run_id: str, dataset: str) -> str:
    """``<run>:<dataset>``: a run may judge several datasets at once, each with a lease of its own."""
    return f"{run_id}:{dataset}"


def run_of(holder: str) -> str:
    """The run of a holder."""
    return holder.partition(":")[0]
