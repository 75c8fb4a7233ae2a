"""Messages to people when a verdict changes."""

from typing import Literal

import dagster as dg

from data_management.application.ports import Messenger
from data_management.domain.models import Verdict
from data_management.errors import InvalidInput
from data_management.orchestration import alerts
from data_management.plugin.resource import catalog, container_of
from data_management.settings import load_settings


def quality_alert_sensor(
    webhook: str | dg.EnvVar,
    *,
    minimum_severity: Literal["warn", "fail"] = "warn",
    name: str = "quality_alert_sensor",
    consumer: str | None = None,
    interval_seconds: int = 30,
) -> dg.SensorDefinition:
    """A sensor that tells people when the verdict over a dataset changes: once, and once more when it is good again.

    A message is ``{"text": …}``, which Slack's incoming webhooks take. It names the dataset, its verdict and the one before, the
    score, and which rules made the difference. Alerts begin with the first tick; how far they came is kept in the catalog. A tick
    that dies between sending a message and noting that sends it again, with the same id in the header ``webhook-id``.

    Args:
        webhook: the URL, by ``dg.EnvVar`` as it is a secret; https, or http to this machine. Requests are signed where
            ``DATA_MANAGEMENT_EVENTS_SECRET`` is set, take 10 s at most, and follow no redirect.
        minimum_severity: ``warn``: every change of a verdict; ``fail``: only to fail, and away from it.
        name: the sensor's; give each of several its own.
        consumer: under which name the catalog remembers how far it came; unset: the sensor's.
        interval_seconds: how often it looks.
    """

    def open_messenger() -> Messenger:
        settings = load_settings()
        url = webhook.get_value() if isinstance(webhook, dg.EnvVar) else webhook
        if not url:
            raise InvalidInput(f"the webhook of sensor {name} is empty; set the variable that it names")
        secret = settings.events_secret.get_secret_value() if settings.events_secret else ""
        return container_of(settings).messenger()(url, secret)

    return alerts.quality_alert_sensor(
        catalog,
        open_messenger,
        name=name,
        least=Verdict(minimum_severity),
        consumer=consumer,
        interval_seconds=interval_seconds,
    )
