"""`python -m tests.examples`: the specification's examples, written anew from the tests' own data."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from intel.api.specification import EXAMPLES
from tests.asking import Service, known, reopened

MOST = 2  # items of a list: an example is to be read
# What answers a change; a key's text is not shown even here.
_BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm_finding": ("/api/v1/findings/2/confirm", {"why": "与财报一致"}),
    "add_report": ("/api/v1/field-reports", {"account": "taobao", "points": "对方表示合同到明年3月。"}),
    "add_judgement": (
        "/api/v1/accounts/taobao/judgements",
        {"criterion": "business_value", "low": 60, "high": 80, "why": "与财报一致"},
    ),
}


def written() -> dict[str, Any]:
    """An example for each operation that answers in JSON, by its id."""
    with tempfile.TemporaryDirectory() as folder:
        known(Path(folder) / "made")
        with reopened(Path(folder) / "made", Path(folder) / "asked") as service:
            return {**_read(service), **_changed(service)}


def _read(service: Service) -> dict[str, Any]:
    client, found = service.asking("admin"), {}
    specification = client.get("/api/openapi.json").json()
    jobs = {"job": client.get("/api/v1/jobs").json()["items"][0]["id"]}
    for path, operations in specification["paths"].items():
        if "get" not in operations:
            continue
        here = re.sub(r"\{number\}", "1", path)
        for name, value in (_NAMES | jobs).items():
            here = here.replace(f"{{{name}}}", value)
        answer = client.get(
            here, params={"q": "爆仓", "account": "taobao", "courier": "yunda", "format": "json"}
        )
        if answer.is_success and answer.headers["content-type"] == "application/json":
            found[operations["get"]["operationId"]] = _shortened(answer.json())
    return found


_NAMES = {
    "account": "taobao",
    "question": "payment_behaviour.period",
    "series": "courier.price",
    "source": "wire",
    "name": "platforms",
    "rule": "both",
}


def _changed(service: Service) -> dict[str, Any]:
    client = service.asking("admin")
    return {name: _shortened(client.post(path, json=body).json()) for name, (path, body) in _BODIES.items()}


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(one) for one in value[:MOST]]
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    return value


if __name__ == "__main__":
    text = json.dumps(written(), ensure_ascii=False, indent=1, sort_keys=True)
    EXAMPLES.write_text(text + "\n", encoding="utf-8")
