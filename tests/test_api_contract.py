"""The specification: complete, with examples that hold, and nothing in it that the app does not keep to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from intel.api.specification import ERRORS
from tests.asking import Service, reopened

DOCS = Path(__file__).parent.parent / "docs" / "api.md"
FEW, MANY = 1, 60  # examples of each operation, as it should be and as it should not


@pytest.fixture(scope="module")
def service(known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An app over a known database, which the tests of this module may change."""
    with reopened(known_home, tmp_path_factory.mktemp("asked")) as service:
        yield service


@pytest.fixture(scope="module")
def specification(service: Service) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = service.anonymous().get("/api/openapi.json").json()
    return found


def operations(specification: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, one)
        for path, methods in specification["paths"].items()
        for method, one in methods.items()
    ]


def test_every_operation_says_what_it_does_and_how_it_refuses(specification: dict[str, Any]) -> None:
    for method, path, one in operations(specification):
        assert one.get("description"), (method, path)
        assert one["responses"].keys() >= ERRORS.keys(), (method, path)
    text = json.dumps(specification)
    assert "HTTPValidationError" not in text


def test_every_operation_s_name_is_its_own(specification: dict[str, Any]) -> None:
    names = [one["operationId"] for _, _, one in operations(specification)]
    assert sorted(names) == sorted(set(names))


def test_every_answer_to_get_has_an_example_of_the_shape_that_it_says(specification: dict[str, Any]) -> None:
    without = []
    for method, path, one in operations(specification):
        told = one["responses"].get("200", {}).get("content", {}).get("application/json")
        if told is None:
            continue
        if "example" in told:
            whole = told["schema"] | {"components": specification["components"]}
            jsonschema_rs.validate(whole, told["example"])
        elif method == "GET":
            without.append(path)
    assert without == []


def test_every_body_has_an_example_of_its_shape(specification: dict[str, Any]) -> None:
    for method, path, one in operations(specification):
        if "requestBody" in one:
            schema = one["requestBody"]["content"]["application/json"]["schema"]
            example = exemplified(schema, specification)
            assert example, (method, path)
            jsonschema_rs.validate(schema | {"components": specification["components"]}, example)


def exemplified(schema: dict[str, Any], specification: dict[str, Any]) -> Any:
    """The example of a schema: its own, or put together from those of its parts; None without one."""
    if name := schema.get("$ref"):
        return exemplified(specification["components"]["schemas"][name.rpartition("/")[2]], specification)
    for told in ("examples", "enum"):
        if told in schema:
            return schema[told][0]
    if schema.get("type") == "array":
        return [exemplified(schema["items"], specification)]
    parts = schema.get("properties", {})
    needed = schema.get("required") or parts
    told_of = {one: exemplified(parts[one], specification) for one in needed if one in parts}
    return {one: value for one, value in told_of.items() if value is not None} or None


def test_the_manual_names_every_route(specification: dict[str, Any]) -> None:
    manual = DOCS.read_text("utf-8")
    missing = [
        f"{method} {path}"
        for method, path, _ in operations(specification)
        if f"`{method} {path.removeprefix('/api/v1')}`" not in manual
    ]
    assert missing == []


def wrong(service: Service, most: int) -> list[str]:
    """What schemathesis finds in so many requests to each operation, good ones and bad ones."""
    schema: Any = schemathesis.openapi.from_asgi("/api/openapi.json", service.app)
    # Rules that a schema cannot say: a range upside down, a cursor of none of ours, a version that is gone.
    accepted = schema.config.checks.positive_data_acceptance
    accepted.expected_statuses = ["2xx", "400", "401", "403", "404", "409", "412", "428"]
    headers = {"Authorization": f"Bearer {service.key('admin')}"}
    found: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if not operation.body and not list(operation.iter_parameters()):
            continue  # nothing to be varied
        for mode in GenerationMode:
            found += _tried(operation, mode, headers, most)
    return found


def _tried(operation: Any, mode: GenerationMode, headers: dict[str, str], most: int) -> list[str]:
    found: list[str] = []

    @seed(20261120)
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        try:
            case.call_and_validate(headers=headers)
        except schemathesis.errors.FailureGroup as failures:
            found.extend(f"{operation.label} {mode}: {one}" for one in failures.exceptions)

    run()
    return found


def test_schemathesis_finds_nothing(service: Service) -> None:
    assert wrong(service, FEW) == []


@pytest.mark.soak
def test_schemathesis_finds_nothing_in_many_requests(service: Service) -> None:
    assert wrong(service, MANY) == []
