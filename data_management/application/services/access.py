"""Who asks: from what they show to a principal, with a limit on guesses."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from pydantic.dataclasses import dataclass

from data_management.application.commands import Caller, RecordAuditCommand
from data_management.application.ports import TokenVerifier
from data_management.application.queries import FindKeyQuery
from data_management.application.services.facade import Application
from data_management.domain.models import ApiKey, AuditRecord, Outcome, PresentedKey, Principal
from data_management.errors import Denied, Throttled, Unauthenticated


@dataclass(frozen=True)
class GuessLimit:
    """How many failures one client has before it waits, and how long they are held against it."""

    failures: int = 10
    seconds: float = 60.0
    most_clients: int = 10_000


class _Window:
    """What happened of late, counted apart for each bucket; of the longest ago in too many buckets nothing is known any more."""

    def __init__(self, limit: GuessLimit) -> None:
        self._limit = limit
        self._times: OrderedDict[tuple[str, ...], list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, bucket: tuple[str, ...], now: datetime) -> int:
        """Seconds until one more may happen; 0: it may now."""
        with self._lock:
            times = self._late(bucket, now)
        return int((times[0] - self._since(now)).total_seconds()) + 1 if len(times) >= self._limit.failures else 0

    def count(self, bucket: tuple[str, ...], now: datetime) -> bool:
        """Count one more, up to the limit; False where that was reached."""
        with self._lock:
            times = self._late(bucket, now)
            is_within = len(times) < self._limit.failures
            self._times[bucket] = [*times, now] if is_within else times
            self._times.move_to_end(bucket)
            while len(self._times) > self._limit.most_clients:
                self._times.popitem(last=False)
        return is_within

    def _late(self, bucket: tuple[str, ...], now: datetime) -> list[datetime]:
        return [time for time in self._times.get(bucket, ()) if time > self._since(now)]

    def _since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self._limit.seconds)


class Authenticator:
    """Keys of the catalog, and tokens of an issuer where a `verifier` is given. Every denial is in the audit, up to the limit of guesses.

    Failures alone are held back, counted per client and key that exists. Ids of keys are no secret and a proxy's clients share its
    address, while 256 random bits, or a signature, are not guessed: who shows the right ones is let in however many failures there were.
    """

    def __init__(
        self, app: Application, verifier: TokenVerifier | None = None, limit: GuessLimit = GuessLimit()
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._failures = _Window(limit)
        self._denials = _Window(limit)

    def authenticate(self, shown: str | None, client: str, asked: str, request_id: str | None = None) -> Principal:
        """`Unauthenticated` for nobody known, `Throttled` for one more failure after too many. `asked` is the request, for the audit."""
        presented = PresentedKey.parse(shown) if shown else None
        key = self._app.ask(FindKeyQuery(presented.id)) if presented else None
        bucket = (client, key.id if key else "")
        now = self._app.clock()
        try:
            return self._principal(shown, presented, key, now)
        except Unauthenticated as error:
            if not self._failures.count(bucket, now):
                wait = self._failures.wait(bucket, now)
                raise Throttled(f"too many wrong keys; wait {wait} s", retry_after=wait) from error
            self._record(now, f"key/{key.id}" if key else "unknown", asked, error.message, client, request_id)
            raise

    def _principal(
        self, shown: str | None, presented: PresentedKey | None, key: ApiKey | None, now: datetime
    ) -> Principal:
        if not shown:
            raise Unauthenticated("no key was shown; send `Authorization: Bearer` and a key, which an admin creates")
        if presented is not None:
            if key is None or not key.opens(presented.secret, now):
                raise Unauthenticated("this key opens nothing: it is wrong, revoked or expired; ask for a new one")
            return key.principal
        if self._verifier is None:
            raise Unauthenticated("this is no key of this catalog; send the whole of it, `dmk_…`")
        return self._verifier.verify(shown)

    def denied(self, caller: Caller, path: str, error: Denied) -> None:
        """Put it in the audit that somebody known may not do this, up to the limit of guesses."""
        now = self._app.clock()
        if not self._denials.count((caller.principal.id,), now):
            return
        self._record(now, caller.principal.id, path, error.message, caller.client, caller.request_id, caller.route)

    def _record(
        self,
        at: datetime,
        who: str,
        subject: str,
        reason: str,
        client: str | None,
        request_id: str | None,
        action: str = "authenticate",
    ) -> None:
        record = AuditRecord(
            at=at,
            who=who,
            action=action,
            subject=subject,
            outcome=Outcome.DENIED,
            reason=reason,
            request_id=request_id,
            client=client,
        )
        self._app.run(RecordAuditCommand((record,)))
