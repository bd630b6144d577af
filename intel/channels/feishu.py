"""飞书 group robot: rich text (post), whose parts are no markup, signed where a secret is given (签名校验).

Format, signature and limits: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. It allows a hundred
messages a minute; we keep to what people can read, as with the others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from intel.channels.alert import Alert, Line, one_line, web_address
from intel.channels.recipients import Recipient
from intel.channels.robot import Request, Vendor
from intel.channels.robot_text import LINK, QUOTE

_MOST_LINES = 20  # of at most some 600 bytes each: a body may have 20,000


def sign(secret: str, timestamp: str) -> str:
    """HMAC-SHA256 of nothing, with timestamp (seconds), line break and secret as key; Base64."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def _request(alert: Alert, recipient: Recipient, now: datetime) -> Request:
    title = ("【测试】" if alert.test else "") + one_line(alert.title, 60)
    post = {"zh_cn": {"title": title, "content": list(_rows(alert))}}
    body: dict[str, Any] = {"msg_type": "post", "content": {"post": post}}
    if (secret := recipient.secret("secret")) is not None:
        timestamp = str(int(now.timestamp()))
        body |= {"timestamp": timestamp, "sign": sign(secret.get_secret_value(), timestamp)}
    return Request(recipient.address(), {}, body)


def _rows(alert: Alert) -> Iterator[list[dict[str, str]]]:
    for line in alert.lines[:_MOST_LINES]:
        yield from _told(alert, line)
    if left := alert.more + max(len(alert.lines) - _MOST_LINES, 0):
        yield [_text(f"另有 {left} 条")]


def _told(alert: Alert, line: Line) -> Iterator[list[dict[str, str]]]:
    if not alert.title.startswith(line.heading):
        yield [_text(one_line(line.heading, 80))]
    if line.quote:
        yield [_text(f"“{one_line(line.quote, QUOTE)}”")]
    if line.note:
        yield [_text(one_line(line.note, QUOTE))]
    address = web_address(line.url)
    shown = (one_line(line.source, 40), line.day, line.rating, "" if address else one_line(line.url))
    proof = _text(" · ".join(filter(None, shown)))
    link = [_text(" "), {"tag": "a", "text": LINK, "href": address}] if address else []
    if proof["text"]:
        yield [proof, *link]


def _text(text: str) -> dict[str, str]:
    # Unescaped is off by default: what looks like a tag in a text stays text.
    return {"tag": "text", "text": text}


# 11232: too many messages.
FEISHU = Vendor("feishu", "code", frozenset({11232}), "20/minute", _request)
