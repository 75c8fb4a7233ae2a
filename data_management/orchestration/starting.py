"""Whether what happens by itself is there at all, and whether it runs from the start."""

from typing import Literal

import dagster as dg

Start = Literal["running", "stopped", "none"]
"""``running``: defined, and on unless somebody stops it; ``stopped``: defined, and off until somebody starts it; ``none``: not defined."""


def sensor_status(start: Start) -> dg.DefaultSensorStatus:
    return dg.DefaultSensorStatus.RUNNING if start == "running" else dg.DefaultSensorStatus.STOPPED


def schedule_status(start: Start) -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if start == "running" else dg.DefaultScheduleStatus.STOPPED
