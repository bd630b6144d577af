"""企业微信 group robot: Markdown of at most 4,096 bytes; the key in its address is all that protects it.

Format and limits: developer.work.weixin.qq.com/document/path/91770.
"""

from __future__ import annotations

from datetime import datetime

from intel.channels.alert import Alert
from intel.channels.recipients import Recipient
from intel.channels.robot import Request, Vendor
from intel.channels.robot_text import Dialect, markdown

_DIALECT = Dialect(line_end="\n", most_bytes=4096)


def _request(alert: Alert, recipient: Recipient, now: datetime) -> Request:
    body = {"msgtype": "markdown", "markdown": {"content": markdown(alert, _DIALECT)}}
    return Request(recipient.address(), {}, body)


# 45009: too many calls; 45033: too many at once; -1: the service is busy.
WECOM = Vendor("wecom", "errcode", frozenset({45009, 45033, -1}), "20/minute", _request)
