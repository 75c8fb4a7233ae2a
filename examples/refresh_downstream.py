"""Refresh what is downstream of a dataset as soon as a file of it was judged: a consumer of events, beside Dagster's own.

    DATA_MANAGEMENT_HOME=/my/project python examples/refresh_downstream.py QUEUE

QUEUE is the name, ARN or URL of an SQS queue that gets the catalog's events: straight (`DATA_MANAGEMENT_EVENTS=sqs://QUEUE`), or as a
subscriber of an SNS topic (`sns://TOPIC-ARN`), with a filter policy of its own or not.
"""

import sys

import dagster as dg

from data_management.plugin import CloudEvent, consume_events


@dg.asset(deps=["flights"])
def delays(context: dg.AssetExecutionContext) -> None:
    """Stands for a downstream of yours."""
    context.log.info("delays are computed anew")


def refresh(event: CloudEvent) -> None:
    """Materialize `delays` when a file of `flights` was accepted. Is called once an event, and again only after a crash."""
    if event.data["dataset"] != "flights" or event.data["status"] != "accepted":
        return
    with dg.DagsterInstance.get() as instance:
        dg.materialize(
            [delays], instance=instance, tags={"event": event.id, "file": event.data["location"].rpartition("/")[2]}
        )


def main(queue: str) -> None:
    done = consume_events(queue, refresh, consumer="refresh-delays", types=["DataQualityUpdated"])
    print(f"{done.handled} handled, {done.known} known before, {done.failed} failed, {done.malformed} malformed")


if __name__ == "__main__":
    main(sys.argv[1])
