"""The API holds what its own document says, whatever is asked: no server error, no answer that is not in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import InvalidArgument
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from checkin.web.api.door import OPERATIONS
from checkin.web.api.operation import Operation
from tests.api.conftest import Program, frank, program
from tests.town import Town

_CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
)
_EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program that may do everything, in a town where something has happened. It asks as often as it likes."""
    town = Town(Path(tmp_path_factory.mktemp("town")))
    town.schedule("MO,TU,WE,TH,FR 9:30")
    frank(town)
    town.passes(minutes=35)
    town.sam.sends("4 all good")
    town.passes(minutes=1)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    asks = program(town)
    asks.asks("POST", "/webhooks", {"url": "https://example.org/hook", "events": ["escalation.opened"]})
    asks.asks("POST", "/webhooks/1/test")
    yield asks
    town.closes()


@pytest.fixture(scope="module")
def schema(asking: Program) -> schemathesis.BaseSchema:
    """The document, as the application itself gives it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", asking.town.client.application)


@pytest.mark.parametrize("good", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_api_holds_what_its_document_says(
    operation: Operation, good: GenerationMode, schema: schemathesis.BaseSchema, asking: Program
) -> None:
    described = schema[operation.path][operation.method]
    try:
        strategy = described.as_strategy(generation_mode=good)
    except InvalidArgument:
        pytest.skip("there is nothing that could be wrong")

    @_EXAMPLES
    @given(case=strategy)
    def asks(case: schemathesis.Case) -> None:
        asking.town.time += timedelta(seconds=1)  # so that the key is never asked to wait
        case.call_and_validate(headers={"Authorization": f"Bearer {asking.token}"}, checks=list(_CHECKS))

    asks()
