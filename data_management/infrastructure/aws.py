"""AWS sessions and clients by the usual AWS settings, and what their errors mean. boto3 is loaded at first use."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from data_management.domain.models import ObjectStore
from data_management.errors import DataManagementError, Unavailable

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

MOST_CONNECTIONS: Final = 16
_PLAIN: Final = ObjectStore()
_AGENT: Final = "data-management"

_ABSENT: Final = ("NoSuchBucket", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_DENIED: Final = ("AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "403", "AccessDeniedException")
_REFUSED: Final = (
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId", "UnrecognizedClientException",
    "AuthFailure", "NotSignedUp", "InvalidSecurity",
)  # fmt: skip
_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_SKEWED: Final = ("RequestTimeTooSkewed", "RequestInTheFuture")
_BUSY: Final = (
    "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "RequestThrottled", "TooManyRequests",
    "ServiceUnavailable", "InternalError", "InternalFailure", "RequestTimeout", "500", "502", "503", "504", "429",
)  # fmt: skip
_ELSEWHERE: Final = (
    "PermanentRedirect", "TemporaryRedirect", "301", "307", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
)  # fmt: skip


class AwsClients:
    """One client per service, store and process: clients may be used by several threads, and not be made by several."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[tuple[object, ...], boto3.Session] = {}
        self._clients: dict[tuple[object, ...], Any] = {}

    def s3(self, store: ObjectStore | None) -> "S3Client":
        return self._client("s3", store or _PLAIN, None)  # type: ignore[no-any-return]

    def sqs(self, queue_url: str, store: ObjectStore | None) -> "SQSClient":
        """A client for a queue, in the region that its URL names."""
        return self._client("sqs", store or _PLAIN, _region_of(queue_url), _endpoint_of(queue_url))  # type: ignore[no-any-return]

    def hurried(self, service: str, region: str | None) -> Any:
        """A client of its own that gives up soon, for who tries again by himself and must not be held up."""
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": 2},
            connect_timeout=3,
            read_timeout=10,
            user_agent_extra=_AGENT,
        )
        with self._lock:
            return self._session(None).client(service, region_name=region, config=config)  # type: ignore[call-overload]

    def _client(self, service: str, store: ObjectStore, region: str | None, endpoint: str | None = None) -> Any:
        """Raises what boto3 raises; see `aws_errors`."""
        endpoint = endpoint or (store.endpoint_url if service == "s3" else None)
        key = (os.getpid(), service, store.profile, endpoint, region)
        with self._lock:
            if key not in self._clients:
                session = self._session(store.profile)
                self._clients[key] = session.client(
                    service,  # type: ignore[call-overload]
                    endpoint_url=endpoint,
                    region_name=region or session.region_name,
                    config=_config(path_style=store.endpoint_url is not None),
                )
            return self._clients[key]

    def _session(self, profile: str | None) -> "boto3.Session":
        """What one loads of AWS's descriptions takes a second."""
        import boto3

        key = (os.getpid(), profile)
        if key not in self._sessions:
            self._sessions[key] = boto3.Session(profile_name=profile)
        return self._sessions[key]


def _config(*, path_style: bool) -> "Config":
    """A store of another maker may know neither buckets as host names nor the newer checksums."""
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=MOST_CONNECTIONS,
        user_agent_extra=_AGENT,
    )
    if not path_style:
        return config
    own = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return config.merge(own)


def _region_of(queue_url: str) -> str | None:
    """Of ``https://sqs.REGION.amazonaws.com/…``."""
    parts = queue_url.split("/")[2].split(".") if queue_url.count("/") >= 2 else []  # noqa: PLR2004  scheme://host
    return parts[1] if len(parts) > 3 and parts[0] == "sqs" and "amazonaws" in parts else None  # noqa: PLR2004


def _endpoint_of(queue_url: str) -> str | None:
    """The server of a queue that is not AWS's own."""
    scheme, _, rest = queue_url.partition("://")
    host = rest.partition("/")[0]
    return None if "amazonaws." in host else f"{scheme}://{host}"


def code_of(error: BaseException) -> str | None:
    """The error code of a `ClientError`, None for anything else."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else None


@contextmanager
def aws_errors(shown: str, store: ObjectStore | None, needs: str) -> Iterator[None]:
    """What botocore raises becomes `Unavailable`, once.

    `shown` names what was asked for (``bucket 'orders'``), `needs` the permission for it. No word of botocore's own is
    repeated, as it may hold names of keys and accounts.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise translated(error, shown, store, needs) from error


def translated(error: Exception, shown: str, store: ObjectStore | None, needs: str) -> DataManagementError:
    code = code_of(error)
    problem = _of_code(code, needs) if code is not None else _of_type(error, store)
    at = f" at {store.endpoint_url}" if store and store.endpoint_url else ""
    return Unavailable(f"{shown}{at} {problem}")


def _of_code(code: str, needs: str) -> str:
    if code in _ABSENT:
        return "does not exist; create it, or mend the server in the contract"
    if code in _DENIED:
        return f"may not be used with these credentials ({code}); grant {needs}, or name another profile"
    if code in _REFUSED:
        return f"refuses the credentials ({code}); mend the AWS settings (AWS_ACCESS_KEY_ID, AWS_PROFILE, the role)"
    if code in _EXPIRED:
        return f"refuses credentials that have expired ({code}); log in again, or let a role renew them"
    if code in _SKEWED:
        return f"refuses this machine's time ({code}); set its clock"
    if code in _BUSY:
        return f"is overloaded or out of order ({code}); nothing was lost, it is tried again later"
    if code in _ELSEWHERE:
        return f"is in another region ({code}); set AWS_REGION, or the region of the profile, to the bucket's"
    if code == "NotImplemented":
        return (
            "does not know what it was asked for; remove 'versioned' from the server where its bucket keeps no versions"
        )
    return f"answers {code or 'an error without a code'}; look it up in the storage's documentation"


def _of_type(error: Exception, store: ObjectStore | None) -> str:
    from botocore import exceptions as e

    if isinstance(error, e.ProfileNotFound):
        profile = repr(store.profile) if store and store.profile else "of AWS_PROFILE"
        return f"cannot be reached: the profile {profile} is in no AWS configuration file; add it, or name another"
    if isinstance(error, e.NoCredentialsError | e.PartialCredentialsError):
        return "cannot be reached: there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role"
    if isinstance(error, e.UnauthorizedSSOTokenError | e.SSOTokenLoadError | e.TokenRetrievalError):
        return "cannot be reached: the single sign-on has expired; run 'aws sso login'"
    if isinstance(
        error, e.CredentialRetrievalError | e.MetadataRetrievalError | e.InvalidConfigError | e.ConfigParseError
    ):
        return "cannot be reached: the AWS settings give no credentials; mend the profile or role"
    if isinstance(error, e.NoRegionError):
        return "cannot be reached: there is no region; set AWS_REGION, or the region of the profile"
    if isinstance(error, e.SSLError):
        return "cannot be reached: its certificate is not trusted; set AWS_CA_BUNDLE, or mend the endpoint's URL"
    if isinstance(error, e.HTTPClientError | e.ConnectionError | e.IncompleteReadError):
        return f"cannot be reached ({type(error).__name__}); check the network and the endpoint's URL, it is tried again later"
    return f"cannot be used ({type(error).__name__}); check the server in the contract and the AWS settings"
