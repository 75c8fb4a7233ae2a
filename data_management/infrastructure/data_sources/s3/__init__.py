"""Landings in S3 buckets. boto3 is loaded at first use."""

from data_management.infrastructure.data_sources.s3.fetching import S3Fetcher
from data_management.infrastructure.data_sources.s3.queue import SqsLandingAnnouncements
from data_management.infrastructure.data_sources.s3.service import S3DataLocationService

__all__ = ["S3DataLocationService", "S3Fetcher", "SqsLandingAnnouncements"]
