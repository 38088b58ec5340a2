"""The service gives what the client gives, to whom it may see it, and never more."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from flywheel_client import Bank
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams
from tests.flywheel.serve.conftest import ACME, ALL, EXAMPLES, GLOBEX, Visit

QUERY = "What was revenue in 2019?"
URL = "/v1/fewshot"


def test_both_forms_give_what_the_client_gives(visit: Visit, releases: Path) -> None:
    """Same examples in the same order, messages to splice in, what the event takes."""
    client = visit(ALL)
    with Bank.open(releases, Trigrams(), refresh_s=None) as bank:
        selection = bank.select(QUERY, 2, {"feature": ["qa", "chat"]}, 1000, 0.3)
    asked = {"query": QUERY, "k": 2, "max_tokens": 1000, "diversity": 0.3}
    got = client.get(URL, params=asked | {"where.feature": ["qa", "chat"]})
    posted = client.post(URL, json=asked | {"where": {"feature": ["qa", "chat"]}})
    assert got.status_code == posted.status_code == 200
    found = got.json()
    assert found == posted.json()
    assert found["ids"] == selection.ids
    assert found["messages"] == selection.messages()
    assert found["few_shot"] == {"release": selection.release, "ids": selection.ids}
    assert [e["score"] for e in found["examples"]] == [e.score for e in selection]


@pytest.mark.parametrize(
    ("key", "seen"),
    [(ACME, {"a", "n", "s"}), (GLOBEX, {"g", "n", "s"}), (ALL, {"a", "g", "n", "s"})],
)
def test_a_tenants_key_sees_its_own_and_shared_examples(
    visit: Visit, key: str, seen: set[str]
) -> None:
    """Whatever it asks for: no filter reaches further."""
    client = visit(key)
    assert set(client.get(URL, params={"query": QUERY, "k": 100}).json()["ids"]) == seen
    for tenant in ("acme", "globex"):
        params = {"query": QUERY, "k": 100, "where.tenant": tenant}
        assert set(client.get(URL, params=params).json()["ids"]) <= seen
    if key == ACME:
        for refused in (
            client.get(URL, params={"query": QUERY, "tenant": "globex"}),
            client.post(URL, json={"query": QUERY, "tenant": "globex"}),
        ):
            assert refused.status_code == 403
    else:
        own = client.get(URL, params={"query": QUERY, "k": 100, "tenant": "globex"})
        assert set(own.json()["ids"]) == {"g", "n", "s"}


@pytest.mark.parametrize("key", [None, "", "wrong", ACME[:-1], ACME + "x", "ключ"])
def test_without_a_known_key_there_is_nothing(visit: Visit, key: str | None) -> None:
    """401 for questions; health and metrics are open and hold no text."""
    client = visit()
    headers = {} if key is None else {"X-API-Key": key.encode()}
    assert client.get(URL, params={"query": QUERY}, headers=headers).status_code == 401
    assert client.post(URL, json={"query": QUERY}, headers=headers).status_code == 401
    assert client.get("/health").status_code == 200
    assert "revenue" not in client.get("/metrics").text


def test_a_key_may_come_in_either_header(visit: Visit) -> None:
    """Some clients can set only one of them."""
    client = visit()
    assert client.get(URL, params={"query": QUERY}, headers={"X-API-Key": ACME}).status_code == 200


def test_an_answer_that_is_known_is_not_sent_again(visit: Visit, releases: Path) -> None:
    """304 for the same question of the same caller; another question or release has another tag."""
    client = visit(ALL)
    params: dict[str, Any] = {"query": QUERY, "k": 2}
    first = client.get(URL, params=params)
    tag = first.headers["ETag"]
    again = client.get(URL, params=params, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    tags = {
        tag,
        client.get(URL, params=params | {"k": 3}).headers["ETag"],
        client.get(URL, params=params | {"where.feature": "qa"}).headers["ETag"],
        visit(ACME).get(URL, params=params).headers["ETag"],
    }
    publish(releases, [*EXAMPLES, example("x", "What was revenue in 2014?")])
    newer = client.get(URL, params=params, headers={"If-None-Match": tag})
    assert newer.status_code == 304, "the bank has not looked yet"
    tags.add(visit(ALL).get(URL, params=params).headers["ETag"])
    assert len(tags) == 5
    assert "Authorization" in first.headers["Vary"]


def test_what_is_drawn_at_random_has_no_tag(visit: Visit) -> None:
    """Else a cache would repeat one draw, and its answers would be no sample."""
    client = visit(ALL, withhold=0.5)
    answers = [client.get(URL, params={"query": QUERY, "k": 4}) for _ in range(60)]
    assert not any("ETag" in answer.headers for answer in answers)
    events = [answer.json()["few_shot"] for answer in answers]
    assert all(event["probability"] == 0.5 for event in events)
    assert len({len(event["withheld"]) for event in events}) > 1
    for event in events:
        assert sorted(event["ids"] + event["withheld"]) == ["a", "g", "n", "s"]


def test_without_a_release_an_application_goes_on(visit: Visit, tmp_path: Path) -> None:
    """200 without examples, and why; health says it to whoever watches."""
    client = visit(open=True, path=tmp_path / "none")
    answer = client.get(URL, params={"query": QUERY})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["release"], found["messages"], found["few_shot"]) == (None, [], None)
    assert found["problem"]
    assert "ETag" not in answer.headers
    assert client.get("/health").status_code == 503


def test_without_keys_no_web_page_reads_the_bank(visit: Visit) -> None:
    """A name that points to this machine is refused; with keys it may have any name."""
    asked = {"params": {"query": QUERY}, "headers": {"Host": "evil.example.com"}}
    assert visit(open=True).get(URL, params={"query": QUERY}).status_code == 200
    assert visit(open=True).get(URL, **asked).status_code == 400
    assert visit(ALL).get(URL, **asked).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["", "?query=a&k=-1", "?query=a&k=x", "?query=a&k=101", "?query=a&kk=1", "?query=a&query=b",
     "?query=a&diversity=2", "?query=a&where.=" + "x" * 300, "?query=a&diversity=nan"],
)  # fmt: skip
def test_a_mistake_is_named_without_what_was_written(visit: Visit, address: str) -> None:
    """422 with the key and the rule: an error is logged, a question is not."""
    answer = visit(ALL).get(URL + address.replace("query=a", "query=secret+words"))
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"]
    assert "secret" not in answer.text


def test_a_body_has_a_bound(visit: Visit) -> None:
    """Refused before it is read; so is one that does not say how long it is."""
    client = visit(ALL)
    assert client.post(URL, content=b"x" * 1_000_001).status_code == 413
    assert client.post(URL, content=iter([b"x"])).status_code == 411
    broken = client.post(
        URL, content=b'{"query": "secret', headers={"Content-Type": "application/json"}
    )
    assert (broken.status_code, "secret" in broken.text) == (422, False)


def test_the_description_names_every_parameter_and_answer(visit: Visit) -> None:
    """What a generated client needs; reading it needs no key."""
    described = visit().get("/openapi.json").json()
    get = described["paths"][URL]["get"]
    names = {parameter["name"] for parameter in get["parameters"]}
    assert {"query", "k", "max_tokens", "diversity", "tenant", "where.feature"} <= names
    assert {"200", "304", "401", "403"} <= set(get["responses"])
    assert get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert set(described["paths"]) == {URL, "/health"}


def test_metrics_count_requests_and_what_the_bank_does(visit: Visit) -> None:
    """By status, with the time to select and the release that is served."""
    client = visit(ALL)
    client.get(URL, params={"query": QUERY, "k": 3})
    client.get(URL)
    text = client.get("/metrics").text
    assert 'flywheel_requests_total{status="200"} 1.0' in text
    assert 'flywheel_requests_total{status="422"} 1.0' in text
    assert "flywheel_examples_served_total 3.0" in text
    assert "flywheel_select_seconds_count 1.0" in text
    assert 'flywheel_bank_total{event="selections"} 1.0' in text
    release = client.get("/health").json()["release"]
    assert f'flywheel_bank_examples{{release="{release}"}} 4.0' in text


@pytest.fixture
def client(visit: Visit) -> TestClient:
    """Of somebody who may see all."""
    return visit(ALL)


_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
_BODIES = st.dictionaries(
    st.sampled_from(["query", "k", "max_tokens", "diversity", "tenant", "where", "more"]),
    _VALUES | st.dictionaries(st.text(max_size=5), _VALUES | st.lists(_VALUES, max_size=3)),
)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=_BODIES, raw=st.text(max_size=40))
def test_nothing_that_is_sent_breaks_it(client: TestClient, body: dict[str, Any], raw: str) -> None:
    """Any JSON and any address has an answer that the description knows."""
    headers = {"Content-Type": "application/json"}
    posted = client.post(URL, content=json.dumps(body).encode(), headers=headers)
    assert posted.status_code in (200, 403, 422)
    flat = {key: str(value) for key, value in body.items()}
    assert client.get(URL, params=flat | {"where.x": raw}).status_code in (200, 422)
    assert client.get(URL, params={"query": raw}).status_code == 200
