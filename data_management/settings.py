"""Settings from the environment: ``DATA_MANAGEMENT_*``."""

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data_management.errors import InvalidInput

if TYPE_CHECKING:
    from data_management.domain.custom_expectations import CustomExpectations

PREFIX = "DATA_MANAGEMENT_"


class Settings(BaseSettings):
    """Each field is the environment variable of its upper-case name after ``DATA_MANAGEMENT_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path = Field(default=Path(), description="The project's folder; relative paths below start here.")
    contracts: Path = Field(default=Path("contracts"), description="The folder of data contracts.")
    catalog: Path | SecretStr | None = Field(
        default=None,
        description="The catalog: a SQLite file, or postgresql://USER:PASSWORD@HOST/DATABASE. Unset: .data_management/catalog.db, which "
        "upgrades itself; what is named here is upgraded by `data-management db upgrade` alone.",
    )
    expectations: str = Field(
        default="",
        description="Classes of your own expectations, `module:ClassName`, separated by commas or spaces. Workers import them, also from the project's folder.",
    )
    strict: bool = Field(default=False, description="A broken contract fails the whole code location (for CI).")
    checks: Literal["per_rule", "per_dimension", "verdict"] | None = Field(
        default=None,
        description="Asset checks of a dataset beside its verdict: per_rule, per_dimension or verdict (none). Unset: per rule, above 50 rules per dimension.",
    )
    key_prefix: str = Field(default="", description="Prefix of the datasets' asset keys; parts are separated by '/'.")
    sensor_interval_seconds: Annotated[int, Field(ge=1)] = Field(
        default=15, description="How often landings are looked at."
    )
    tick_seconds: Annotated[float, Field(gt=0, le=55)] = Field(default=20.0, description="How long one look may take.")
    settle_seconds: Annotated[float, Field(ge=0)] = Field(
        default=2.0, description="How long a file must have been left alone before it is read."
    )
    lease_seconds: Annotated[float, Field(ge=1)] = Field(
        default=60.0, description="How long a run that stopped answering keeps its files, and a relay its destinations."
    )
    revalidate_cron: str = Field(default="0 3 * * *", description="When accepted files are checked again.")
    reconcile_cron: str = Field(default="30 2 * * *", description="When listing and catalog are compared.")
    workers: Annotated[int, Field(ge=1, le=64)] = Field(default=2, description="Processes that read files.")
    file_timeout_seconds: Annotated[float, Field(gt=0)] = Field(default=30.0, description="Limit for reading one file.")
    file_memory_mb: Annotated[int, Field(ge=64)] = Field(
        default=1024, description="Memory in MiB that reading one file may take beyond the worker's own."
    )
    file_expanded_mb: Annotated[int, Field(ge=1)] = Field(
        default=2048, description="What one file may become in MiB, unpacked or written anew."
    )
    file_columns: Annotated[int, Field(ge=1)] = Field(default=10_000, description="Columns that one file may have.")
    file_cell_mb: Annotated[int, Field(ge=1)] = Field(default=16, description="Length in MiB of one value.")
    dataset_timeout_seconds: Annotated[float, Field(gt=0)] = Field(
        default=600.0,
        description="Limit for the rules that look at all files of a dataset together (`scope: dataset`).",
    )
    dataset_memory_mb: Annotated[int, Field(ge=64)] = Field(
        default=2048, description="Memory in MiB that they may take beyond the worker's own."
    )
    dataset_spool_mb: Annotated[int, Field(ge=1)] = Field(
        default=16384, description="Disk in MiB that a dataset's objects, downloaded to be read for them, may take."
    )
    spool_mb: Annotated[int, Field(ge=1)] = Field(
        default=4096, description="Disk in MiB that objects of a bucket, downloaded to be read, may take at once."
    )
    events: str = Field(
        default="",
        description="Where events are sent, separated by spaces: log:, sns://TOPIC-ARN, sqs://QUEUE (its name, ARN or URL), https://HOST/PATH.",
    )
    events_secret: SecretStr | None = Field(
        default=None,
        description="Signs webhooks: `whsec_` and the base64 of 24 to 64 random bytes; several, separated by spaces, sign side by side.",
    )
    events_source: Annotated[str, Field(min_length=1)] = Field(
        default="/data-management", description="The `source` of events: what tells this catalog from another one."
    )
    events_inline: bool = Field(
        default=True,
        description="Whether every process relays events after its commits; the sensor and `events relay` do anyway.",
    )
    url: str = Field(
        default="",
        description="A catalog that is served elsewhere: what the command line asks instead of the local one.",
    )
    api_key: SecretStr | None = Field(default=None, description="The key for it.")
    api_key_file: Path | None = Field(default=None, description="The file that holds the key for it.")
    api_body_mb: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="The largest body in MiB that the server takes."
    )
    dagster_url: HttpUrl | None = Field(
        default=None,
        description="https://… where people find Dagster's UI: the server's pages link datasets to their lineage there.",
    )
    oidc_issuer: str = Field(
        default="",
        description="https://… whose tokens the server takes beside its own keys; needs data-management[oidc].",
    )
    oidc_audience: str = Field(default="", description="The `aud` that its tokens must have.")
    oidc_algorithms: str = Field(
        default="RS256 ES256",
        description="The algorithms that may sign them, separated by spaces; none that use a shared secret.",
    )
    oidc_role_claim: str = Field(
        default="data_management_role",
        description="The claim that says reader, consumer, editor or admin, or lists one of them.",
    )
    oidc_datasets_claim: str = Field(
        default="data_management_datasets", description="The claim that lists the only datasets; without it, all."
    )
    oidc_samples_claim: str = Field(
        default="data_management_samples", description="The claim whose `true` lets values of the data be seen."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least that is logged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: for people on a terminal, JSON elsewhere."
    )

    @field_validator("catalog", mode="before")
    @classmethod
    def _hide_url(cls, value: object) -> object:
        """A URL holds a password, whatever its scheme."""
        if not isinstance(value, str):
            return value
        return SecretStr(value) if "://" in value else Path(value)

    @field_validator("expectations")
    @classmethod
    def _check_expectations(cls, value: str) -> str:
        try:
            _custom_expectations(value)
        except InvalidInput as error:
            raise ValueError(error.message) from error
        return value

    @property
    def custom_expectations(self) -> "CustomExpectations":
        return _custom_expectations(self.expectations)

    @property
    def contracts_folder(self) -> Path:
        return self.home / self.contracts

    @property
    def catalog_file(self) -> Path:
        """Where the catalog is unless `catalog_url` says otherwise."""
        return self.home / (self.catalog if isinstance(self.catalog, Path) else Path(".data_management/catalog.db"))

    @property
    def catalog_url(self) -> SecretStr | None:
        """The URL of a catalog in Postgres."""
        return self.catalog if isinstance(self.catalog, SecretStr) else None

    @property
    def catalog_is_embedded(self) -> bool:
        """Whether the catalog is the default one, which upgrades itself on first use."""
        return self.catalog is None


def _custom_expectations(given: str) -> "CustomExpectations":
    if not given.strip():
        return ()  # and the domain is not loaded for it
    from data_management.domain.custom_expectations import custom_expectations

    return custom_expectations(given)


def load_settings() -> Settings:
    """The settings of this process's environment; `InvalidInput` with one line that names each bad variable."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=1)
        hint = f"did you mean {near[0]}?" if near else "docs/reference/settings.md lists those that are"
        raise InvalidInput(f"bad setting: {', '.join(sorted(unknown))} is no setting of data-management; {hint}")
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{'_'.join(str(part) for part in problem['loc'][:1]).upper()}={problem['input']!r}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        )
        raise InvalidInput(f"bad setting: {problems}; correct or unset it") from error
