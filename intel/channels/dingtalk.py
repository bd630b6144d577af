"""钉钉 group robot: Markdown, signed where a secret is given (加签).

Format, signature and limits: open.dingtalk.com/document/robots/custom-robot-access. The robot's own keyword
check, if it is on, has to name a word that every message has: 情报.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from intel.channels.alert import Alert
from intel.channels.recipients import Recipient
from intel.channels.robot import Request, Vendor
from intel.channels.robot_text import Dialect, markdown, title

# A single line break is a space there. The limit is of the whole body: half is left for JSON's escapes.
_DIALECT = Dialect(line_end="\n\n", most_bytes=10_000)


def sign(secret: str, timestamp: str) -> str:
    """HMAC-SHA256 of timestamp (milliseconds), line break and secret, with the secret as key; Base64."""
    said = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def _request(alert: Alert, recipient: Recipient, now: datetime) -> Request:
    body = {
        "msgtype": "markdown",
        "markdown": {"title": f"情报：{title(alert)}", "text": markdown(alert, _DIALECT)},
        "at": {"isAtAll": False},
    }
    address = recipient.address()
    secret = recipient.secret("secret")
    if secret is None:
        return Request(address, {}, body)
    timestamp = str(round(now.timestamp() * 1000))
    signed = {"timestamp": timestamp, "sign": sign(secret.get_secret_value(), timestamp)}
    return Request(address, signed, body)


# 130101 and 410100: sent too fast (then the robot is silent for ten minutes); -1: the service is busy.
DINGTALK = Vendor("dingtalk", "errcode", frozenset({130101, 410100, -1}), "20/minute", _request)
