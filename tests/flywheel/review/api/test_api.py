"""The API's promises: what a caller sees, decides, takes back; and how it says no."""

import json
from typing import Any

import pytest

from flywheel.desk import Desk, settle
from flywheel.review.api.bounds import MAX_BYTES
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_draw, count_rows
from tests.flywheel.review.api.conftest import As, World

API = "/api/v1"


def decide(ask: As, who: str, case: str, verdict: str = "approve", **more: Any) -> Any:
    """Decide a case; gives the response."""
    headers = more.pop("headers", {})
    body = {"verdict": verdict} | more
    return ask(who).post(f"{API}/cases/{case}/decisions", json=body, headers=headers)


def facts(store: Store, settings: Settings) -> list[tuple[Any, ...]]:
    """Verdict and reviewer of all decisions that are facts."""
    settle(settings)
    with store.transaction() as connection:
        return connection.execute(
            "SELECT candidate_id, verdict, reviewer FROM decisions ORDER BY seq"
        ).fetchall()


def test_a_queue_is_worked_through(world: World, ask: As, settings: Settings) -> None:
    """Next, read, take, decide, until nothing waits; each decision is a fact of the caller."""
    rosa = ask("rosa")
    for _ in world.cases:
        case = rosa.get(f"{API}/cases/next").json()["candidate_id"]
        assert rosa.put(f"{API}/cases/{case}/lease").json()["holder"] == "rosa"
        read = rosa.get(f"{API}/cases/{case}").json()
        version = read["text_version"]
        assert read["candidate"]["candidate_id"] == case
        done = decide(ask, "rosa", case, "reject", reason="Not typical", text_version=version)
        assert done.status_code == 201, done.text
    assert rosa.get(f"{API}/cases/next").json() == {"candidate_id": None}
    assert sorted(facts(world.store, settings)) == [(c, "reject", "rosa") for c in world.cases]
    assert rosa.get(f"{API}/progress").json()["mine"]["hour"] == 5


def test_pages_of_the_queue_and_their_tag(world: World, ask: As) -> None:
    """Every case once over the pages; the same page again is 304 until something changed."""
    rosa, seen, offset = ask("rosa"), [], 0
    while offset is not None:
        page = rosa.get(f"{API}/cases", params={"limit": 2, "offset": offset}).json()
        seen += [item["candidate_id"] for item in page["items"]]
        offset = page["next_offset"]
    assert sorted(seen) == world.cases
    tag = {"If-None-Match": rosa.get(f"{API}/cases").headers["etag"]}
    assert rosa.get(f"{API}/cases", headers=tag).status_code == 304
    decide(ask, "rosa", world.cases[0])
    assert rosa.get(f"{API}/cases", headers=tag).status_code == 200


def test_filters_choose_and_an_unknown_one_is_refused(world: World, ask: As) -> None:
    """A typing error would otherwise show, or decide, everything."""
    rosa = ask("rosa")
    found = rosa.get(f"{API}/cases", params={"target": "bank"}).json()["items"]
    assert [item["candidate_id"] for item in found] == [world.cases[1]]
    assert rosa.get(f"{API}/cases/counts").json()["facets"]["target"] == {"golden": 4, "bank": 1}
    for query in ({"traget": "bank"}, {"since": "1e9"}, {"limit": 0}, [("mine", "1")] * 2):
        assert rosa.get(f"{API}/cases", params=query).status_code == 422, query  # type: ignore[arg-type]


def test_a_decision_is_on_the_disk_when_it_is_answered(
    world: World, ask: As, settings: Settings
) -> None:
    """Another process that opens the same home finds it, before anything was settled."""
    id = decide(ask, "rosa", world.cases[0]).json()["decision_id"]
    assert [made.decision_id for made in Desk(settings).decisions()] == [id]


def test_undo_takes_the_own_word_back(world: World, ask: As, settings: Settings) -> None:
    """It waits again; somebody else's word, or one taken back already, is a conflict."""
    case = world.cases[0]
    id = decide(ask, "rosa", case).json()["decision_id"]
    path = f"{API}/cases/{case}/decisions/{id}/undo"
    assert ask("ben").post(path).status_code == 409
    assert ask("rosa").get(f"{API}/decisions/last").json()["decision_id"] == id
    assert ask("rosa").post(path).json() == ask("rosa").post(path).json()
    assert ask("rosa").get(f"{API}/decisions/last").status_code == 404
    assert ask("rosa").get(f"{API}/cases/{case}").json()["candidate"]["state"] == "pending"


def test_two_judge_blind_and_a_lead_settles(world: World, ask: As) -> None:
    """Neither sees the other's verdict; who may not settle is refused, who judged as well."""
    case = world.cases[2]
    add_draw(world.store, case, reviewers=2)
    decide(ask, "rosa", case)
    seen = ask("ben").get(f"{API}/cases/{case}").text
    assert '"others":[]' in seen and "rosa" not in seen
    decide(ask, "ben", case, "reject", reason="No.")
    settle_it = f"{API}/cases/{case}/adjudication"
    assert decide(ask, "ada", case).status_code == 409
    assert ask("rosa").post(settle_it, json={"verdict": "approve"}).status_code == 403
    assert ask("lena").post(settle_it, json={"verdict": "approve"}).status_code == 201
    assert ask("ben").get(f"{API}/cases/{case}").json()["candidate"]["state"] == "approved"
    assert ask("lena").post(f"{API}/cases/{world.cases[0]}/adjudication",
                            json={"verdict": "approve"}).status_code == 409  # fmt: skip


def test_bulk_says_what_it_would_do_and_holds_to_the_number(
    world: World, ask: As, settings: Settings
) -> None:
    """Nothing at all when the filters show more or fewer than the caller saw."""
    body: dict[str, Any] = {
        "decision": {"verdict": "reject", "reason": "outdated"},
        "filters": {"target": "golden"},
        "expected": 4,
        "dry_run": True,
    }
    lena = ask("lena")
    dry = lena.post(f"{API}/decisions/bulk", json=body).json()
    assert (len(dry["cases"]), dry["decided"]) == (4, 0)
    assert count_rows(world.store, "decisions") == 0
    wrong = lena.post(f"{API}/decisions/bulk", json=body | {"expected": 3, "dry_run": False})
    assert wrong.status_code == 409 and facts(world.store, settings) == []
    done = lena.post(f"{API}/decisions/bulk", json=body | {"dry_run": False})
    assert done.json()["decided"] == 4
    assert {row[0] for row in facts(world.store, settings)} == set(dry["cases"])
    assert ask("rosa").post(f"{API}/decisions/bulk", json=body).status_code == 403


def test_the_same_key_again_is_the_same_answer(world: World, ask: As, settings: Settings) -> None:
    """Also when others have decided in between; another request under it is a conflict."""
    case, key = world.cases[0], {"Idempotency-Key": "k-1"}
    first = decide(ask, "rosa", case, headers=key)
    decide(ask, "ben", case, "reject", reason="No.")
    assert decide(ask, "rosa", case, headers=key).json() == first.json()
    assert len(facts(world.store, settings)) == 2
    assert decide(ask, "rosa", case, "skip", headers=key).status_code == 409
    assert decide(ask, "rosa", world.cases[1], headers=key).status_code == 409
    mine = decide(ask, "ben", world.cases[1], headers=key)
    assert mine.status_code == 201, "a key is its caller's own"


def test_what_is_said_again_waits_once_to_be_published(world: World, ask: As) -> None:
    """By either door, with and without a key; a skip and an undo said again change nothing."""
    batch, case, key = world.app.state.api.batch, world.cases[0], {"Idempotency-Key": "k-1"}
    for _ in range(2):
        made = decide(ask, "rosa", case, headers=key).json()["decision_id"]
        decide(ask, "rosa", case)
        assert batch.count == 1
    decide(ask, "rosa", world.cases[1], "skip")
    for _ in range(2):
        ask("rosa").post(f"{API}/cases/{case}/decisions/{made}/undo")
        assert batch.count == 2


def test_a_bulk_of_one_key_is_one(world: World, ask: As, settings: Settings) -> None:
    """Said again it decides nothing; another one in the same words is another, and is refused."""
    body = {
        "decision": {"verdict": "reject", "reason": "outdated"},
        "filters": {"target": "golden"},
        "expected": 4,
    }
    lena, path = ask("lena"), f"{API}/decisions/bulk"
    for decided, already in ((4, 0), (0, 4)):
        answer = lena.post(path, json=body, headers={"Idempotency-Key": "b-1"}).json()
        assert (answer["decided"], answer["already"]) == (decided, already)
    for key in ({"Idempotency-Key": "b-2"}, {}):
        assert lena.post(path, json=body, headers=key).status_code == 409
    other = lena.post(path, json=body | {"expected": 1}, headers={"Idempotency-Key": "b-1"})
    assert other.status_code == 409 and "another request" in other.json()["detail"]
    assert len(facts(world.store, settings)) == 4 == world.app.state.api.batch.count


def test_without_a_key_the_same_words_are_one_decision(
    world: World, ask: As, settings: Settings
) -> None:
    """A double click, or a program that was not sure."""
    answers = {decide(ask, "rosa", world.cases[0]).text for _ in range(3)}
    assert len(answers) == 1 and len(facts(world.store, settings)) == 1


def test_an_open_case_is_not_given_to_another(world: World, ask: As) -> None:
    """Until it is given back; nobody is led to it meanwhile."""
    case = ask("rosa").get(f"{API}/cases/next").json()["candidate_id"]
    ask("rosa").put(f"{API}/cases/{case}/lease")
    taken = ask("ben").put(f"{API}/cases/{case}/lease")
    assert taken.status_code == 409 and taken.headers["content-type"] == "application/problem+json"
    assert ask("ben").get(f"{API}/cases/next").json()["candidate_id"] != case
    assert ask("rosa").delete(f"{API}/cases/{case}/lease").status_code == 204
    assert ask("ben").put(f"{API}/cases/{case}/lease").json()["holder"] == "ben"


def test_an_open_case_is_not_decided_by_another(world: World, ask: As, settings: Settings) -> None:
    """As on the page: 409 that says who has it, unless one means to do it all the same."""
    case = world.cases[0]
    ask("rosa").put(f"{API}/cases/{case}/lease")
    refused = decide(ask, "ben", case)
    assert (refused.status_code, refused.json()["detail"]) == (409, "rosa has this case open.")
    assert facts(world.store, settings) == []
    path, body = f"{API}/cases/{case}/decisions", {"verdict": "reject", "reason": "No."}
    assert ask("ben").post(path, params={"force": True}, json=body).status_code == 201
    assert decide(ask, "rosa", case).status_code == 201, "it is rosa's"


def test_a_case_that_is_not_as_it_was_shown_is_a_conflict(world: World, ask: As) -> None:
    """State and text are the caller's to name: who names none is not asked."""
    case = world.cases[0]
    path, body = f"{API}/cases/{case}/decisions", {"verdict": "reject", "reason": "No."}
    assert decide(ask, "ben", case, text_version="t-old").status_code == 409
    assert ask("ben").post(path, params={"state": "pending"}, json=body).status_code == 201
    late = ask("rosa").post(path, params={"state": "pending"}, json={"verdict": "approve"})
    assert late.json()["detail"] == "Meanwhile this case was rejected by ben."
    assert ask("rosa").post(path, params={"state": "new"}, json=body).status_code == 422
    assert decide(ask, "rosa", case).status_code == 201


def test_another_tenants_case_does_not_exist(world: World, ask: As) -> None:
    """Not to read, not to take, not to decide, not to count."""
    tom, case = ask("tom"), world.cases[0]
    assert tom.get(f"{API}/cases").json()["items"] == []
    for answer in (
        tom.get(f"{API}/cases/{case}"),
        tom.put(f"{API}/cases/{case}/lease"),
        decide(ask, "tom", case),
    ):
        assert answer.status_code == 404
    assert tom.get(f"{API}/progress").json()["by_state"]["pending"] == 0


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        ("GET", "/me", "", 401),
        ("GET", "/openapi.json", "", 401),
        ("GET", "/nowhere", "rosa", 404),
        ("PATCH", "/me", "rosa", 405),
        ("GET", "/decisions", "rosa", 403),
        ("GET", "/agreement", "rosa", 403),
        ("POST", "/releases", "rosa", 403),
        ("POST", "/rounds", "rosa", 403),
        ("GET", "/records/argilla", "rosa", 403),
        ("POST", "/records/argilla", "lena", 403),
        ("GET", "/records/elsewhere", "lena", 422),
    ],
)
def test_a_refusal_is_a_problem(ask: As, method: str, path: str, who: str, status: int) -> None:
    """RFC 9457, for strangers and wrong roles, unknown paths and methods."""
    answer = ask(who).request(method, f"{API}{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, "about:blank") and problem["detail"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"verdict": "skip", "note": "\\ud800"}', 400),
        (b'{"verdict": "approve", "seconds": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"verdict": "perhaps my-secret"}', 422),
        (b'{"verdict": "approve", "my-secret": 1}', 422),
        (b'{"verdict": "edit", "output": " "}', 422),
        (b'{"verdict": "approve", "rubric": {"my-secret": 9}}', 422),
        (b'{"verdict": "approve", "target": "bank", "critical": true}', 409),
        (b'{"verdict": "skip", "note": "' + b"x" * MAX_BYTES + b'"}', 413),
    ],
)
def test_a_wrong_body_is_told_by_its_rule(world: World, ask: As, body: bytes, status: int) -> None:
    """And never quoted: neither its values nor its made-up keys."""
    json_type = {"Content-Type": "application/json"}
    path = f"{API}/cases/{world.cases[0]}/decisions"
    answer = ask("rosa").post(path, content=body, headers=json_type)
    assert answer.status_code == status, answer.text
    assert "secret" not in answer.text


def test_a_body_that_does_not_say_its_length_is_bounded(world: World, ask: As) -> None:
    """It is counted as it comes."""
    pieces = iter([b'{"note": "', *[b"x" * 65536] * 17, b'"}'])
    path = f"{API}/cases/{world.cases[0]}/decisions"
    headers = {"Content-Type": "application/json"}
    assert ask("rosa").post(path, content=pieces, headers=headers).status_code == 413


def test_too_many_requests_are_told_to_wait(world: World, ask: As) -> None:
    """By name: one program's haste is not another's."""
    from flywheel.review.api.bounds import Pace

    object.__setattr__(world.app.state.api, "pace", Pace("3/minute"))
    statuses = [ask("rosa").get(f"{API}/me").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert int(ask("rosa").get(f"{API}/me").headers["retry-after"]) >= 1
    assert ask("ben").get(f"{API}/me").status_code == 200


def test_the_audit_has_every_decision_in_order(world: World, ask: As) -> None:
    """A JSON object a line, what was taken back as well."""
    id = decide(ask, "rosa", world.cases[0]).json()["decision_id"]
    ask("rosa").post(f"{API}/cases/{world.cases[0]}/decisions/{id}/undo")
    answer = ask("lena").get(f"{API}/decisions")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["verdict"] for line in lines] == ["approve", "undo"]
    assert lines[1]["undoes"] == id


def test_records_go_out_and_come_in(world: World, ask: As) -> None:
    """A lead takes them, an admin brings them; the tool's settings are there too."""
    ada = ask("ada")
    records = ada.get(f"{API}/records/labelstudio").json()
    answered = {"from_name": "verdict", "to_name": "answer", "type": "choices",
                "value": {"choices": ["approve"]}}  # fmt: skip
    records[0]["annotations"] = [{"completed_by": 4, "result": [answered]}]
    binary = {"Content-Type": "application/octet-stream"}
    done = ada.post(f"{API}/records/labelstudio", content=json.dumps(records), headers=binary)
    assert done.json()["accepted"] == 1, done.text
    assert world.desk.decisions() == []  # the page reads it with its next look
    world.desk.refresh()
    named = {"people": "4=rosa,jane@miller.example=ben"}
    records[0]["annotations"][0]["completed_by"] = {"email": "jane@miller.example"}
    ada.post(f"{API}/records/labelstudio", content=json.dumps(records), headers=binary)
    path = f"{API}/records/labelstudio"
    ada.post(path, content=json.dumps(records), headers=binary, params=named)
    world.desk.refresh()
    who = [one.decision.reviewer for one in world.desk.decisions()]
    assert who[0] == "label-studio:4" and who[2] == "ben"
    assert who[1].startswith("label-studio:person-")
    for wrong in ("ben", "=ben", "3= ", "3=ben,", "3=a=b"):
        refused = ada.post(path, content=b"[]", headers=binary, params={"people": wrong})
        assert refused.status_code == 422, wrong
    assert "<View>" in ada.get(f"{API}/records/labelstudio/config").text


def test_publishing_and_drawing_are_for_leads(world: World, ask: As) -> None:
    """What was approved is in the release that the answer names."""
    decide(ask, "rosa", world.cases[0])
    lena = ask("lena")
    published = lena.post(f"{API}/releases").json()
    assert published["published"] and published["added"] == {"golden": 1, "bank": 0}
    drawn = lena.post(f"{API}/rounds", json={"size": 2}).json()
    assert drawn["telling"] + drawn["random"] == 2
    assert lena.get(f"{API}/agreement").json()["twice"] == drawn["twice"]
    assert lena.get(f"{API}/shares").json()["whole"]["drawn"] == 2


def test_the_document_promises_every_error_and_no_page(world: World, ask: As) -> None:
    """Served to who has a token, with an ETag; no page loads script from elsewhere to show it."""
    answer = ask("rosa").get(f"{API}/openapi.json")
    assert answer.status_code == 200 and "etag" in answer.headers
    for path, item in answer.json()["paths"].items():
        for method, operation in item.items():
            assert {"401", "403", "422", "429", "503"} <= set(operation["responses"]), (
                method,
                path,
            )
            assert operation["summary"]
    assert ask("rosa").get("/docs").status_code == 404


def test_the_audit_waits_for_both_who_judge_blind(world: World, ask: As) -> None:
    """A lead may be the second one; afterwards it has both."""
    case = world.cases[0]
    add_draw(world.store, case, reviewers=2)
    decide(ask, "rosa", case, "reject", reason="the first says no")
    assert ask("lena").get(f"{API}/decisions").text == ""
    decide(ask, "lena", case, "reject", reason="the second, too")
    text = ask("lena").get(f"{API}/decisions").text
    assert "the first says no" in text
    assert "the second, too" in text
