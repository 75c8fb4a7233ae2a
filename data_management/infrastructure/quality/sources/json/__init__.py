"""JSON lines, and one array of objects: strictly RFC 8259."""

from data_management.infrastructure.quality.sources.json.reader import open_json

__all__ = ["open_json"]
