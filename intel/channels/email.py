"""E-mail: text and HTML in one message, over SMTP that is encrypted before anything is said.

Options of a recipient: `to` (addresses), `from`, `server`, `port`, `tls` (starttls, implicit or none),
`user`, `password` (a secret), `ca` (a file of certificates to trust instead of the system's).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from intel.channels.alert import Alert, Line, one_line, web_address
from intel.channels.recipients import BadRecipient, Recipient
from intel.crm.connector import Message, Receipt, Refused, TryLater
from intel.rendering import environment

TIMEOUT = 30.0  # seconds
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
_LATER = range(400, 500)  # SMTP's own "try again"


class Email:
    """A mailbox, or several, behind one server."""

    def __init__(self, recipient: Recipient) -> None:
        self._recipient = recipient
        self._to = tuple(_address(recipient, one) for one in recipient.texts("to"))
        self._from = _address(recipient, recipient.text("from"))
        self._server = recipient.text("server")
        self._tls = recipient.text("tls", "starttls")
        if self._tls not in _PORTS:
            raise BadRecipient(f"recipient {recipient.name}: tls is {', '.join(_PORTS)}, not {self._tls!r}")
        self._port = recipient.options.get("port", _PORTS[self._tls])
        if not isinstance(self._port, int):
            raise BadRecipient(f"recipient {recipient.name}: port must be a number")
        self._user = recipient.text("user", "")
        recipient.secret("password")

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Hand an alert to the server. Raises TryLater or Refused."""
        mail = self._written(Alert.of(message), message.key, now)
        try:
            with self._connected() as smtp:
                refused = smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise self._trouble(min(codes), "recipients") from None
        except smtplib.SMTPResponseException as error:
            raise self._trouble(error.smtp_code, type(error).__name__) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused(f"{self._recipient.name}: the server offers no {self._missing()}") from None
        except ssl.SSLCertVerificationError as error:
            raise Refused(f"{self._recipient.name}: {error.verify_message}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(f"{self._recipient.name}: {type(error).__name__}") from None
        # Some have it: to send it again would tell them twice.
        return Receipt(f"sent, but refused for {len(refused)} of {len(self._to)}" if refused else "sent")

    def _missing(self) -> str:
        return "STARTTLS or log-in" if self._tls == "starttls" else "log-in"

    def _trouble(self, code: int, what: str) -> TryLater | Refused:
        told = f"{self._recipient.name}: {what}, SMTP {code}"
        return TryLater(told) if code in _LATER else Refused(told)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        trust = self._recipient.text("ca", "")
        context = ssl.create_default_context(cafile=trust or None)
        if self._tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._server, self._port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(self._server, self._port, timeout=TIMEOUT)
        with smtp:
            if self._tls == "starttls":
                smtp.starttls(context=context)
            if self._user:
                smtp.login(self._user, self._recipient.needed_secret("password").get_secret_value())
            yield smtp

    def _written(self, alert: Alert, key: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = ("【测试】" if alert.test else "") + one_line(alert.title, 120)
        message["From"] = self._from
        message["To"] = self._to
        message["Date"] = format_datetime(now)
        # The same message sent a second time has the same id: mail programs show it once.
        message["Message-ID"] = f"<{key}@{self._from.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text(alert))
        message.add_alternative(html(alert), subtype="html")
        return message


def text(alert: Alert) -> str:
    """The message as plain text, quotes whole."""
    told = [one_line(alert.title), *(_told(line) for line in alert.lines)]
    if alert.more:
        told.append(f"另有 {alert.more} 条")
    return "\n\n".join((*told, f"-- \n规则 {alert.rule}")) + "\n"


def _told(line: Line) -> str:
    proof = " · ".join(filter(None, (one_line(line.source), line.day, line.rating)))
    quote = f"“{one_line(line.quote)}”" if line.quote else ""
    said = (
        one_line(line.heading),
        quote,
        one_line(line.note),
        proof,
        web_address(line.url) or one_line(line.url),
    )
    return "\n".join(filter(None, said))


def html(alert: Alert) -> str:
    """The message as a page; what others wrote is escaped."""
    lines = [
        {
            "heading": one_line(line.heading),
            "quote": one_line(line.quote),
            "note": one_line(line.note),
            "proof": " · ".join(filter(None, (one_line(line.source), line.day, line.rating))),
            "address": web_address(line.url),
            "url": one_line(line.url),
        }
        for line in alert.lines
    ]
    title = ("【测试】" if alert.test else "") + one_line(alert.title)
    page = environment().get_template("alert.html.jinja")
    return page.render(title=title, lines=lines, more=alert.more, rule=alert.rule)


def _address(recipient: Recipient, text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError) as error:
        raise BadRecipient(f"recipient {recipient.name}: {text!r} is no e-mail address") from error
    if not address.domain:
        raise BadRecipient(f"recipient {recipient.name}: {text!r} is no e-mail address")
    return address
