"""The model server speaks the API to the real client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

from flywheel.demo.answers import Kind, Wanted, right_answer
from flywheel.demo.companies import make_companies, report
from flywheel.demo.server import serve_models

COMPANY = make_companies(1)[0]
QUESTION = f"{report(COMPANY)}\n\nWhat was revenue in Q4 2024?"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of its own."""
    with serve_models() as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    """The real client, told not to retry."""
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield client


def test_it_answers_a_chat_completion(client: openai.OpenAI) -> None:
    """Text, tokens and the model's name."""
    reply = client.chat.completions.create(
        model="v1", messages=[{"role": "user", "content": QUESTION}]
    )
    assert reply.choices[0].message.content == right_answer(COMPANY, Wanted(Kind.REVENUE))
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model == "v1"
    assert reply.usage is not None and reply.usage.prompt_tokens > 50


def test_it_takes_content_in_parts(client: openai.OpenAI) -> None:
    """As the API allows."""
    reply = client.chat.completions.create(
        model="v1", messages=[{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]
    )
    assert reply.choices[0].message.content == right_answer(COMPANY, Wanted(Kind.REVENUE))


def test_it_lists_its_models(client: openai.OpenAI) -> None:
    """v1 and v2."""
    assert [model.id for model in client.models.list()] == ["v1", "v2"]


def test_an_unknown_model_is_the_error_that_clients_know(client: openai.OpenAI) -> None:
    """404 with a code, and no text of the request in it."""
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="v9", messages=[{"role": "user", "content": QUESTION}])
    assert caught.value.code == "model_not_found"
    assert "revenue" not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b'{"model": "v1"}', 400),
        (b'{"model": "v1", "messages": [{"content": "?"}]}', 400),
        (b'{"model": "v1", "messages": [], "stream": true}', 400),
    ],
)
def test_a_bad_request_is_refused_and_the_connection_lives_on(
    url: str, body: bytes, status: int
) -> None:
    """With an error object, as the API has it."""
    with httpx.Client(base_url=url) as http:
        reply = http.post("/chat/completions", content=body)
        assert reply.status_code == status
        assert reply.json()["error"]["message"]
        assert http.get("/models").status_code == 200
        assert http.get("/nothing").status_code == 404


def test_many_ask_at_once(client: openai.OpenAI) -> None:
    """Each gets the answer to its own question."""
    companies = make_companies(1)

    def ask(place: int) -> str | None:
        text = f"{report(companies[place])}\n\nWhat was revenue in Q4 2024?"
        reply = client.chat.completions.create(
            model="v1", messages=[{"role": "user", "content": text}]
        )
        return reply.choices[0].message.content

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers == [right_answer(company, Wanted(Kind.REVENUE)) for company in companies]


def test_it_listens_on_loopback_only_and_stops(client: openai.OpenAI) -> None:
    """After the block nobody answers."""
    with serve_models() as address:
        assert address.startswith("http://127.0.0.1:")
        assert httpx.get(f"{address}/models").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/models")
