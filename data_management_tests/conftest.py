"""Servers for all tests; none is started before a test asks for it."""

from data_management_tests.servers.moto import moto
from data_management_tests.servers.rclone import rclone

__all__ = ["moto", "rclone"]
