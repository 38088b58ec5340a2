"""schemathesis over every route: no crash, and no answer that the document does not promise."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from flywheel.review.api import PREFIX
from flywheel.review.api.routes import describe
from flywheel.scrub import get_scrubber
from flywheel.settings import load_settings
from tests.flywheel.review.api.conftest import make_world

EXAMPLES = 5
"""Of each kind for each route."""
SLOW = ("/releases", "/agreement", "/shares")
"""They take no input; test_api.py asks them."""
BYTES = ("POST", f"{PREFIX}/records/{{tool}}")
"""Of these any are as the document wants them: no data breaks its rules."""
ROUTES = [
    (method.upper(), path, mode)
    for path, item in describe()["paths"].items()
    for method in item
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if not path.endswith(SLOW)
    and not ((method.upper(), path) == BYTES and mode is GenerationMode.NEGATIVE)
]


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The document as it is served, asked of a home with cases; in its paths are real ids."""
    settings = load_settings(tmp_path_factory.mktemp("contract") / "home")
    quick = settings.review.model_copy(update={"api_rate": "100000/second"})
    world = make_world(settings.model_copy(update={"review": quick}))
    get_scrubber(settings).warm_up()  # the client does not wait as long as a cold model takes
    token = {"Authorization": f"Bearer {world.tokens['ada']}"}
    url = f"{PREFIX}/openapi.json"
    right, wrong = (schemathesis.openapi.from_asgi(url, world.app, headers=token) for _ in "12")
    for item in right.raw_schema["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "candidate_id":
                    parameter["schema"]["enum"] = [*world.cases, "c-none"]
    return {GenerationMode.POSITIVE: right, GenerationMode.NEGATIVE: wrong, "token": token}


@pytest.mark.parametrize(("method", "path", "mode"), ROUTES)
def test_every_answer_is_one_that_the_document_promises(
    schema: Any, method: str, path: str, mode: GenerationMode
) -> None:
    """With data as the document wants it, and with data that breaks its rules; as an admin."""
    case_of = schema[mode][path][method].as_strategy(generation_mode=mode)

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=case_of)
    def check(case: Any) -> None:
        case.call_and_validate(headers=schema["token"])

    check()
