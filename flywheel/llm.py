"""Chat completions from any OpenAI-compatible endpoint, behind a Protocol."""

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from flywheel.errors import ConfigError, ModelError
from flywheel.prompt import ChatMessage
from flywheel.settings import LlmSettings
from schemas.base import Record
from schemas.prompt import PromptParameters

if TYPE_CHECKING:
    from openai import OpenAI

_NO_KEY: Final = "none-needed"
"""What an endpoint that asks for no key is given: the client insists on one."""


class Answer(Record):
    """What a model said; not scrubbed yet."""

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: float | None = None


class JsonSchema(Record):
    """The form that a structured answer must have."""

    name: str
    body: dict[str, Any]


class ChatModel(Protocol):
    """A model that answers chat messages; safe to call from several threads."""

    name: str
    endpoint: str
    """Where it answers: the same name elsewhere is another model."""

    def ask(
        self,
        messages: Sequence[ChatMessage],
        parameters: PromptParameters,
        schema: JsonSchema | None = None,
    ) -> Answer:
        """One answer. Raises `ModelError` with a short reason that quotes no text."""
        ...


class OpenAiModel:
    """A model at an OpenAI-compatible endpoint; the client retries 429, 5xx and time-outs."""

    def __init__(self, name: str, settings: LlmSettings) -> None:
        self.name = name
        self._client = open_client(settings)
        self.endpoint = str(self._client.base_url)
        self._timeout_s = settings.timeout_s
        self._tries = settings.max_retries + 1
        self._structured = True
        """Until the endpoint refuses `response_format`."""

    def ask(
        self,
        messages: Sequence[ChatMessage],
        parameters: PromptParameters,
        schema: JsonSchema | None = None,
    ) -> Answer:
        """One answer; a `schema` is dropped where the endpoint does not know structured output.

        Raises `ModelError` for what may concern one request, `ConfigError` for what would fail
        every request: a refused key, an unknown model.
        """
        from openai import BadRequestError, UnprocessableEntityError

        request: dict[str, Any] = {
            "model": self.name,
            "messages": [message.as_dict() for message in messages],
            **parameters.model_dump(exclude_none=True),
        }
        if schema is None or not self._structured:
            return self._send(request)
        form = {"name": schema.name, "schema": schema.body, "strict": True}
        try:
            return self._send(
                request | {"response_format": {"type": "json_schema", "json_schema": form}}
            )
        except ModelError as error:
            if not isinstance(error.__context__, BadRequestError | UnprocessableEntityError):
                raise
        answer = self._send(request)
        self._structured = False
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, request: dict[str, Any]) -> Answer:
        from openai import OpenAIError

        started = time.perf_counter()
        try:
            completion = self._client.chat.completions.create(**request)
        except OpenAIError as error:
            raise self._explain(error) from None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise ModelError("the answer is truncated or no JSON") from None
        return _read(completion, (time.perf_counter() - started) * 1000)

    def _explain(self, error: Exception) -> ModelError | ConfigError:
        import openai

        tries = f"{self._tries} tries" if self._tries > 1 else "1 try"
        if isinstance(error, openai.APITimeoutError):
            return ModelError(f"no answer within {self._timeout_s:g} s, {tries}")
        if isinstance(error, openai.APIConnectionError):
            return ModelError(f"the connection failed, {tries}")
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ConfigError(
                f"{self.endpoint} refuses the key (HTTP {error.status_code}); set "
                "FLYWHEEL_LLM__API_KEY or OPENAI_API_KEY"
            )
        if isinstance(error, openai.NotFoundError):
            return ConfigError(
                f"{self.endpoint} does not know the model {self.name} (HTTP 404); check its name "
                "and FLYWHEEL_LLM__BASE_URL"
            )
        if isinstance(error, openai.APIResponseValidationError):
            return ModelError("the answer is truncated or no JSON")
        if isinstance(error, openai.APIStatusError):
            again = error.status_code in (408, 409, 429) or error.status_code >= 500
            return ModelError(f"HTTP {error.status_code}" + (f", {tries}" if again else ""))
        return ModelError(type(error).__name__)


def open_client(settings: LlmSettings) -> "OpenAI":
    """The client for the configured endpoint; it reads `OPENAI_*` itself.

    Raises `ConfigError` when OpenAI's own endpoint would be asked without a key.
    """
    from openai import OpenAI, OpenAIError

    key = settings.api_key.get_secret_value() if settings.api_key else None
    options: dict[str, Any] = {
        "base_url": settings.base_url,
        "timeout": settings.timeout_s,
        "max_retries": settings.max_retries,
    }
    try:
        return OpenAI(api_key=key, **options)
    except OpenAIError:
        client = OpenAI(api_key=_NO_KEY, **options)
    if client.base_url.host.endswith("openai.com"):
        raise ConfigError(
            "no model endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL (FLYWHEEL_LLM__BASE_URL) "
            "for another OpenAI-compatible endpoint; recorded answers go in with replay:FILE"
        )
    return client


def _read(completion: Any, latency_ms: float) -> Answer:
    """The first choice's text. Endpoints other than OpenAI's leave out what they like."""
    choices = getattr(completion, "choices", None)
    if not choices:
        raise ModelError("the answer holds no choices")
    message = getattr(choices[0], "message", None)
    text = getattr(message, "content", None)
    if not isinstance(text, str) or not text.strip():
        refused = getattr(message, "refusal", None)
        raise ModelError("the model refused" if refused else "the answer is empty")
    usage = getattr(completion, "usage", None)
    return Answer(
        text=text,
        input_tokens=getattr(usage, "prompt_tokens", None),
        output_tokens=getattr(usage, "completion_tokens", None),
        latency_ms=round(latency_ms, 1),
    )
