"""Alerts as short chat messages in the Markdown that robots of 企业微信 and 钉钉 take.

Neither vendor documents an escape, so what could be a mark is written with its full-width twin: the words
of a quote stay, and nothing in it is bold, a link, a picture or a call to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

from intel.channels.alert import Alert, Line, one_line, web_address

QUOTE = 120  # characters of a quote in a chat: the link leads to the rest
_MARKS = "\\`*_~#[]<>|@&!"
_TWINS = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in _MARKS})
LINK = "原文"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the robots: how a line ends, and how long a message may be in bytes."""

    line_end: str
    most_bytes: int


def plain(text: str, most: int | None = None) -> str:
    """A text of others that means nothing but itself in Markdown, on one line."""
    # An address in a quote is no link of ours.
    return one_line(text, most).replace("://", "：//").translate(_TWINS)


def title(alert: Alert) -> str:
    """What stands in the list of chats."""
    return plain(("【测试】" if alert.test else "") + alert.title, 60)


def markdown(alert: Alert, dialect: Dialect) -> str:
    """The message, with as many lines as the robot takes; how many are left out is said."""
    end = dialect.line_end
    text, shown = f"**{title(alert)}**", 0
    for line in alert.lines:
        longer = text + end + _told(alert, line, end)
        if len((longer + end + _rest(len(alert.lines))).encode()) > dialect.most_bytes:
            break
        text, shown = longer, shown + 1
    left = alert.more + len(alert.lines) - shown
    return text + (end + _rest(left) if left else "")


def _told(alert: Alert, line: Line, end: str) -> str:
    said = [] if alert.title.startswith(line.heading) else [plain(line.heading, 80)]
    if line.quote:
        said.append(f"“{plain(line.quote, QUOTE)}”")
    if line.note:
        said.append(plain(line.note, QUOTE))
    address = web_address(line.url)
    link = f"[{LINK}]({address})" if address else plain(line.url)
    said.append(" · ".join(filter(None, (plain(line.source, 40), line.day, line.rating, link))))
    return end.join(f"> {one}" for one in said if one)


def _rest(count: int) -> str:
    return f"另有 {count} 条"
