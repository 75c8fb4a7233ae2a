"""The sensor that tells people when a verdict changes."""

from collections.abc import Callable

import dagster as dg

from data_management.application.ports import Messenger
from data_management.application.services import begin_alerts, send_alerts
from data_management.domain.models import Verdict
from data_management.orchestration.resource import CatalogResource

_BEGUN = "begun"


def quality_alert_sensor(
    catalog: CatalogResource,
    open_messenger: Callable[[], Messenger],
    *,
    name: str = "quality_alert_sensor",
    least: Verdict = Verdict.WARN,
    consumer: str | None = None,
    interval_seconds: int = 30,
    tick_seconds: float = 20.0,
) -> dg.SensorDefinition:
    """It requests no runs. How far it came is kept in the catalog under the name of `consumer` (the sensor's own, if unset)."""
    reader = consumer or name

    @dg.sensor(
        name=name,
        minimum_interval_seconds=interval_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells people when the verdict over a dataset changes, and when it is good again.",
    )
    def alert(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        app = catalog.open_application()
        if context.cursor is None:
            begin_alerts(app, reader)
            context.update_cursor(_BEGUN)
        messenger = open_messenger()
        try:
            report = send_alerts(app, messenger, reader, least, app.deadline(tick_seconds))
        finally:
            messenger.close()
        if report.failed is not None:
            raise dg.Failure(description=f"{report.sent} message(s) sent; then {report.failed}. The next tick goes on.")
        refused = f", {report.refused} refused" if report.refused else ""
        return dg.SkipReason(f"{report.sent} message(s) sent{refused}; events up to {report.position} are read.")

    return alert
