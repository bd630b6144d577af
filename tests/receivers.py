"""The far ends of channels on loopback: robots that check signatures as their vendors document it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.loopback import listening

SECRET = "whsec_c2VjcmV0IG9mIHRoZSByZWNlaXZlcg=="
HOUR = 3600


@dataclass(frozen=True)
class Asked:
    """What was posted."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, dict[str, object]]


def wecom(asked: Asked) -> Answer:
    """企业微信: the key is the address; Markdown of at most 4,096 bytes."""
    if asked.query.get("key") != "robot-key":
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
    said = asked.json
    if said["msgtype"] != "markdown" or len(said["markdown"]["content"].encode()) > 4096:
        return 200, {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
    return 200, {"errcode": 0, "errmsg": "ok"}


def dingtalk(asked: Asked) -> Answer:
    """钉钉: Base64 of HMAC-SHA256 over timestamp in milliseconds, line break, secret; not an hour off."""
    stamp = asked.query.get("timestamp", "0")
    said = f"{stamp}\n{SECRET}".encode()
    signed = base64.b64encode(hmac.new(SECRET.encode(), said, digestmod=hashlib.sha256).digest()).decode()
    late = abs(time.time() * 1000 - int(stamp)) > HOUR * 1000
    if late or asked.query.get("sign") != signed or asked.query.get("access_token") != "robot-token":
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    return 200, {"errcode": 0, "errmsg": "ok"}


def feishu(asked: Asked) -> Answer:
    """飞书: HMAC-SHA256 of nothing, keyed with timestamp in seconds, line break, secret, in the body."""
    said = asked.json
    stamp = said.get("timestamp", "0")
    key = f"{stamp}\n{SECRET}".encode()
    signed = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
    if abs(time.time() - int(stamp)) > HOUR or said.get("sign") != signed:
        return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
    if said["msg_type"] != "post" or not said["content"]["post"]["zh_cn"]["content"]:
        return 400, {"code": 9499, "msg": "Bad Request", "data": {}}
    return 200, {"code": 0, "msg": "success", "data": {}}


def webhook(asked: Asked) -> Answer:
    """A receiver of Standard Webhooks."""
    try:
        Webhook(SECRET).verify(asked.body, dict(asked.headers))
    except WebhookVerificationError:
        return 400, {}
    return 204, {}


@dataclass
class Receiver:
    """A server that answers as `judge` says and keeps what it was asked."""

    judge: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    address: str = ""


@contextmanager
def receiving(judge: Callable[[Asked], Answer]) -> Iterator[Receiver]:
    """A receiver on loopback while it is needed."""
    receiver = Receiver(judge)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            split = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(split.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(split.path, query, headers, self.rfile.read(int(self.headers["Content-Length"])))
            receiver.asked.append(asked)
            status, said = receiver.judge(asked)
            body = b"" if status == 204 else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    with listening(Handler) as server:
        receiver.address = f"http://127.0.0.1:{server.server_port}"
        yield receiver
