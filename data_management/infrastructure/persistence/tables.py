"""The catalog's tables. A change here needs a migration; a test compares the two."""

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from data_management.infrastructure.persistence import search
from data_management.infrastructure.persistence.types import ID, Exact, Name, Prose, UTCDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_json = JSON(none_as_null=True)
Tries = Integer().with_variant(SmallInteger, "sqlite")  # whose integers have one width, whatever they are called

datasets = Table(
    "datasets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("definition", _json, nullable=False),
    Column("retired_at", UTCDateTime),
)

schemas = Table(  # columns as read; most files of a dataset share one
    "schemas",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hash", String(32), nullable=False, unique=True),
    Column("content", _json, nullable=False),
)

layouts = Table(  # what scores and checks made by one plan share: everything but the numbers
    "layouts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hash", String(32), nullable=False, unique=True),
    Column("content", _json, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("definition", _json),  # rules, weights and gates as they were; null of plans older than this column
    UniqueConstraint("dataset_id", "hash"),
)

data_assets = Table(
    "data_assets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("public_id", Name, nullable=False, unique=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("location", Name, nullable=False),  # or what stands for a long one in indexes, see `mappers.location_key`
    Column("version_token", Exact, nullable=False),
    Column("arrived_at", UTCDateTime, nullable=False),
    Column("status", String(16), nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", Prose),
    Column("size_bytes", ID),
    Column("content_sha256", String(64)),
    Column("schema_id", ID, ForeignKey("schemas.id")),
    Column("row_count", ID),
    Column("profile", _json),
    Column("notes", _json),
    Column("verdict", String(8)),
    Column("score_layout_id", ID, ForeignKey("layouts.id")),
    Column("score", _json),
    Column("plan_id", ID, ForeignKey("plans.id")),  # of the current validation
    Column("ended_at", UTCDateTime),  # superseded or removed
    Column("erased_at", UTCDateTime),
    Column("erased_by", Exact),
    Column("validation_id", ID),  # no foreign key: the two tables would refer to each other
    Column("long_location", Text),  # the URI where `location` only stands for it
)
Index(
    "uq_data_assets_current",
    data_assets.c.dataset_id,
    data_assets.c.location,
    unique=True,
    sqlite_where=text("is_current = 1"),  # as SQLAlchemy writes the condition: SQLite compares the words
    postgresql_where=text("is_current"),
)
Index(
    "ix_data_assets_page",
    data_assets.c.dataset_id,
    data_assets.c.status,
    data_assets.c.id,
    data_assets.c.row_count,
)
Index(
    "ix_data_assets_ended",
    data_assets.c.ended_at,
    sqlite_where=data_assets.c.ended_at.is_not(None),
    postgresql_where=data_assets.c.ended_at.is_not(None),
)
Index("ix_data_assets_plan", data_assets.c.plan_id, data_assets.c.status)

arrivals = Table(
    "arrivals",
    metadata,
    Column("number", ID, primary_key=True),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False, unique=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("attempts", Tries, nullable=False, default=0),
    Column("returns", Tries, nullable=False, default=0),
    Column("run_id", Exact),
    Column("lease_until", UTCDateTime),
    Column("pending_from", UTCDateTime),
    sqlite_autoincrement=True,  # a number is never used again, or a watermark would stand still
)
Index("ix_arrivals_queue", arrivals.c.dataset_id, arrivals.c.attempts, arrivals.c.number)
Index(
    "ix_arrivals_run",
    arrivals.c.run_id,
    sqlite_where=arrivals.c.run_id.is_not(None),
    postgresql_where=arrivals.c.run_id.is_not(None),
)

validations = Table(
    "validations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False),
    Column("plan_id", ID, ForeignKey("plans.id"), nullable=False),
    Column("request_key", Exact, nullable=False),
    Column("contract_version", Exact, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("row_count", ID, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("score_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("score", _json, nullable=False),
    Column("checks_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("checks", _json, nullable=False),
    UniqueConstraint("asset_id", "plan_id", "request_key"),
)

dataset_totals = Table(
    "dataset_totals",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("rule", Name, primary_key=True),
    Column("evaluated", ID),
    Column("unexpected", ID),
    Column("passed", ID, nullable=False),
    Column("failed", ID, nullable=False),
    Column("errored", ID, nullable=False),
)

dataset_counts = Table(  # of the current data assets, in the order of `AssetCounts`
    "dataset_counts",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("pending", ID, nullable=False),
    Column("accepted", ID, nullable=False),
    Column("quarantined", ID, nullable=False),
    Column("rejected", ID, nullable=False),
    Column("rows", ID, nullable=False),
)

dataset_scores = Table(
    "dataset_scores",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dataset_id", ID, ForeignKey("datasets.id"), nullable=False),
    Column("plan_id", ID, ForeignKey("plans.id"), nullable=False),
    Column("request_key", Exact, nullable=False),
    Column("contract_version", Exact, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reasons", _json, nullable=False),
    Column("counts", _json, nullable=False),
    Column("value", Float),
    Column("score_layout_id", ID, ForeignKey("layouts.id"), nullable=False),
    Column("score", _json, nullable=False),
    UniqueConstraint("dataset_id", "plan_id", "request_key"),
)
Index("ix_dataset_scores_history", dataset_scores.c.dataset_id, dataset_scores.c.id)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("aggregate", String(16), nullable=False),
    Column("aggregate_id", Name, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("payload", _json, nullable=False),
    Column("occurred_at", UTCDateTime, nullable=False),
    Column("position", ID, unique=True),  # assigned by the relay, gap-free
    UniqueConstraint("aggregate", "aggregate_id", "aggregate_version", "ordinal"),
)
Index(
    "ix_outbox_waiting",
    outbox.c.id,
    sqlite_where=outbox.c.position.is_(None),
    postgresql_where=outbox.c.position.is_(None),
)

positions = Table(
    "positions",
    metadata,
    Column("name", Name, primary_key=True),
    Column("last", ID, nullable=False),
)
"""The last position that was given: outlives the events, which are pruned."""

destinations = Table(
    "destinations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("position", ID, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("paused_until", UTCDateTime),
    Column("holder", String),
    Column("lease_until", UTCDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", ID, ForeignKey("outbox.position"), primary_key=True, autoincrement=False),
    Column("destination_id", ID, ForeignKey("destinations.id"), primary_key=True, autoincrement=False),
    Column("subject", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UTCDateTime),
    Column("reason", Prose),
    Column("died_at", UTCDateTime),
)
Index(
    "ix_deliveries_due",
    deliveries.c.destination_id,
    deliveries.c.not_before,
    deliveries.c.position,
    sqlite_where=deliveries.c.not_before.is_not(None),
    postgresql_where=deliveries.c.not_before.is_not(None),
)
Index(
    "ix_deliveries_subject",
    deliveries.c.destination_id,
    deliveries.c.subject,
    deliveries.c.position,
    sqlite_where=deliveries.c.died_at.is_(None),
    postgresql_where=deliveries.c.died_at.is_(None),
)
Index(
    "ix_deliveries_dead",
    deliveries.c.position,
    sqlite_where=deliveries.c.died_at.is_not(None),
    postgresql_where=deliveries.c.died_at.is_not(None),
)

consumers = Table(
    "consumers",
    metadata,
    Column("name", Name, primary_key=True),
    Column("position", ID, nullable=False),
    Column("moved_at", UTCDateTime, nullable=False),
)

seen_events = Table(
    "seen_events",
    metadata,
    Column("consumer", Name, primary_key=True),
    Column("event_id", Name, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_seen_events_at", seen_events.c.at)

acceptances = Table(  # the ledger of each dataset: what consumers may read, from one position to another
    "acceptances",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("position", ID, primary_key=True, autoincrement=False),
    Column("asset_id", ID, ForeignKey("data_assets.id"), nullable=False),
    Column("withdrawn", ID),  # the position from which on it is accepted no more
    Column("withdrawn_as", String(16)),
)
Index(
    "uq_acceptances_standing",
    acceptances.c.asset_id,
    unique=True,
    sqlite_where=acceptances.c.withdrawn.is_(None),
    postgresql_where=acceptances.c.withdrawn.is_(None),
)
Index("ix_acceptances_asset", acceptances.c.asset_id)
Index(
    "ix_acceptances_standing",
    acceptances.c.dataset_id,
    acceptances.c.position,
    sqlite_where=acceptances.c.withdrawn.is_(None),
    postgresql_where=acceptances.c.withdrawn.is_(None),
)
Index(
    "ix_acceptances_withdrawn",
    acceptances.c.dataset_id,
    acceptances.c.withdrawn,
    sqlite_where=acceptances.c.withdrawn.is_not(None),
    postgresql_where=acceptances.c.withdrawn.is_not(None),
)

dataset_positions = Table(
    "dataset_positions",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("last", ID, nullable=False),
    Column("pruned", ID, nullable=False),  # the highest position of a withdrawal that was pruned
)
"""How far each dataset has come: outlives its acceptances, which are pruned."""

dataset_consumers = Table(
    "dataset_consumers",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("name", Name, primary_key=True),
    Column("position", ID, nullable=False),
    Column("head", ID, nullable=False),  # how far the dataset had come when the consumer read up to `position`
    Column("moved_at", UTCDateTime, nullable=False),
    Column("holder", Exact),  # who works, or moved it last
    Column("lease_until", UTCDateTime),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Exact, nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("created_by", Exact, nullable=False),
    Column("datasets", _json),
    Column("samples", Boolean, nullable=False),
    Column("expires_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", Name, nullable=False),
    Column("action", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("before", _json),
    Column("after", _json),
    Column("reason", Prose),
    Column("request_id", Exact),
    Column("client", Exact),
    sqlite_autoincrement=True,
)

requests = Table(  # those that came with a key under which they may come again
    "requests",
    metadata,
    Column("who", Name, primary_key=True),
    Column("request_key", Name, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("subjects", _json, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_requests_at", requests.c.at)

dataset_words = Table(  # what a search finds of datasets: words, folded, with a space between two
    "dataset_words",
    metadata,
    Column("dataset_id", ID, ForeignKey("datasets.id"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("owners", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("description", Text, nullable=False),
)
for dialect, statements in search.STATEMENTS.items():
    for statement in statements:
        made = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call] # SQLAlchemy's own lack
        event.listen(metadata, "after_create", made.execute_if(dialect=dialect))
