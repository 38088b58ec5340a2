"""The model client against a real server that fails as it is told."""

from contextlib import closing

import pytest

from flywheel.errors import ConfigError, FlywheelError, ModelError
from flywheel.llm import Answer, JsonSchema, OpenAiModel, open_client
from flywheel.prompt import ChatMessage
from flywheel.settings import LlmSettings
from schemas.prompt import PromptParameters
from tests.loopback import Fault, Loopback

HELLO = [ChatMessage("user", "hello")]
PARAMETERS = PromptParameters(temperature=0, max_tokens=50)
SCHEMA = JsonSchema(name="form", body={"type": "object"})


def _ask(
    server: Loopback, *, retries: int = 0, timeout_s: float = 5, schema: JsonSchema | None = None
) -> Answer:
    settings = LlmSettings(base_url=server.url, timeout_s=timeout_s, max_retries=retries)
    with closing(OpenAiModel("m-1", settings)) as model:
        return model.ask(HELLO, PARAMETERS, schema)


def _always(fault: Fault) -> Loopback:
    return Loopback(fault=lambda body, before: fault)


def test_an_answer_comes_with_its_tokens() -> None:
    """Text, token counts and latency are the endpoint's; parameters left out are not sent."""
    with Loopback(lambda body: "4.2 billion") as server:
        answer = _ask(server)
    assert (answer.text, answer.input_tokens, answer.output_tokens) == ("4.2 billion", 10, 3)
    assert answer.latency_ms and answer.latency_ms > 0
    (body,) = server.bodies
    assert body == {
        "model": "m-1",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 0,
        "max_tokens": 50,
    }


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.SERVER_ERROR, Fault.DROP])
def test_a_passing_fault_is_retried(fault: Fault) -> None:
    """429 (after what Retry-After says), 5xx and a dropped connection are tried again."""
    with Loopback(fault=lambda body, before: fault if before == 0 else None) as server:
        assert _ask(server, retries=1).text == "42"
    assert sum(server.asked.values()) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.RATE_LIMIT, "HTTP 429, 1 try"),
        (Fault.SERVER_ERROR, "HTTP 500, 1 try"),
        (Fault.TRUNCATED, "truncated"),
        (Fault.CUT_OFF, "connection failed"),
        (Fault.NO_CHOICES, "no choices"),
        (Fault.EMPTY, "empty"),
        (Fault.DROP, "connection failed"),
    ],
)
def test_a_lasting_fault_is_a_model_error_with_a_short_reason(fault: Fault, reason: str) -> None:
    """What concerns one request is a ModelError; its reason quotes nothing of the answer."""
    with _always(fault) as server, pytest.raises(ModelError, match=reason) as caught:
        _ask(server)
    assert "hello" not in str(caught.value) and "scripted" not in str(caught.value)


def test_a_silent_endpoint_times_out() -> None:
    """No answer within the time-out is a ModelError that says how long it waited."""
    with _always(Fault.HANG) as server, pytest.raises(ModelError, match=r"within 0\.2 s"):
        _ask(server, timeout_s=0.2)


@pytest.mark.parametrize(
    ("fault", "words"), [(Fault.NO_KEY, "refuses the key"), (Fault.NO_MODEL, "does not know")]
)
def test_what_would_fail_every_request_is_the_users_to_mend(fault: Fault, words: str) -> None:
    """A refused key or an unknown model ends the run with one line that names the setting."""
    with _always(fault) as server, pytest.raises(ConfigError, match=words) as caught:
        _ask(server)
    assert "FLYWHEEL_LLM__" in str(caught.value)


def test_structured_output_is_asked_for() -> None:
    """A schema goes out as `response_format`."""
    with Loopback() as server:
        _ask(server, schema=SCHEMA)
    assert server.bodies[0]["response_format"]["json_schema"]["name"] == "form"


def test_an_endpoint_without_structured_output_is_asked_plainly_from_then_on() -> None:
    """The refusal costs one request, not one for each answer."""

    def refuse_schema(body: dict[str, object], before: int) -> Fault | None:
        return Fault.NO_SCHEMA if "response_format" in body else None

    with Loopback(fault=refuse_schema) as server:
        with closing(OpenAiModel("m-1", LlmSettings(base_url=server.url))) as model:
            for _ in range(3):
                assert model.ask(HELLO, PARAMETERS, SCHEMA).text == "42"
    assert ["response_format" in body for body in server.bodies] == [True, False, False, False]


def test_openais_own_endpoint_needs_a_key() -> None:
    """Without a key and without another endpoint there is one clear line."""
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_client(LlmSettings())


def test_the_openai_environment_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL alone is enough: a local endpoint asks for no key."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with open_client(LlmSettings()) as client:
        assert str(client.base_url) == "http://127.0.0.1:9/v1/"


def test_settings_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """FLYWHEEL_LLM__BASE_URL and __API_KEY come first."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
    settings = LlmSettings.model_validate(
        {"base_url": "http://127.0.0.1:8/v1", "api_key": "from-the-settings"}
    )
    with open_client(settings) as client:
        used = (str(client.base_url), client.api_key)
    assert used == ("http://127.0.0.1:8/v1/", "from-the-settings")


def test_a_model_error_is_no_users_mistake() -> None:
    """The command line shows a UserError as one; a failing endpoint is not."""
    assert issubclass(ModelError, FlywheelError) and not issubclass(ModelError, ConfigError)
