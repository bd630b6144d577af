"""Channels: what reaches the far end, signed as its vendor documents it, and what comes of trouble."""

import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from intel.channels import CHANNELS, KIND, channel
from intel.channels.alert import Alert, Line, one_line, web_address
from intel.channels.recipients import BadRecipient, Recipient, load_recipients
from intel.channels.robot_text import plain
from intel.crm.connector import Connector, Message, Receipt, Refused, TryLater
from tests.receivers import SECRET, Answer, Asked, Receiver, dingtalk, feishu, receiving, webhook, wecom

NOW = datetime.now(UTC)
LINE = Line(
    heading="淘宝 · 更换快递",
    quote="淘宝宣布自下月起停用韵达。",
    source="快递观察网",
    day="2026-11-12",
    rating="B3",
    url="http://wire.localhost/1",
)
ALERT = Alert("淘宝 · 更换快递", (LINE,), "client-events")
HOSTILE = (
    '@all <@all> <at user_id="all">所有人</at> [点这里](http://evil.example/) ![](http://evil.example/x.png) '
    '**加粗** `code` # 标题\n\n# 新的一行 <font color="warning">红</font> \u202e反过来 &lt;b&gt;'
)
JUDGES: dict[str, Callable[[Asked], Answer]] = {
    "wecom": wecom,
    "dingtalk": dingtalk,
    "feishu": feishu,
    "webhook": webhook,
}
SIGNED = ["dingtalk", "feishu", "webhook"]  # 企业微信 has only the key in its address
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=robot-key",
    "dingtalk": "/robot/send?access_token=robot-token",
    "feishu": "/open-apis/bot/v2/hook/robot-hook",
    "webhook": "/hook?token=robot-key",
}
BUSY: dict[str, Answer] = {
    "wecom": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
    "dingtalk": (200, {"errcode": 130101, "errmsg": "send too fast"}),
    "feishu": (400, {"code": 11232, "msg": "frequency limited"}),
    "webhook": (429, {}),
}


def message(alert: Alert, key: str = "key-1") -> Message:
    """An alert as it stands in the outbox."""
    return Message(key, "alert:team", "taobao", KIND, alert.to_json(), NOW)


def options(*addresses: str) -> dict[str, Any]:
    """Of a recipient at services on loopback."""
    allowed = [address.removeprefix("http://") for address in addresses]
    return {"url": {"env": "ROBOT_URL"}, "secret": {"env": "ROBOT_SECRET"}, "allowed": allowed}


@pytest.fixture(params=JUDGES)
def vendor(request: pytest.FixtureRequest) -> str:
    """Each channel that posts."""
    return str(request.param)


@pytest.fixture
def receiver(vendor: str) -> Iterator[Receiver]:
    """Its far end."""
    with receiving(JUDGES[vendor]) as running:
        yield running


@pytest.fixture
def way(
    vendor: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Connector:
    """The channel to it; each test's recipient has its own name, and so its own count of messages."""
    monkeypatch.setenv("ROBOT_URL", receiver.address + PATHS[vendor])
    monkeypatch.setenv("ROBOT_SECRET", SECRET)
    return channel(Recipient(request.node.name, vendor, options(receiver.address)))


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def said(asked: Asked) -> str:
    """All that a message shows, without JSON's escapes."""
    return str(asked.json)


# ---- what posts


def test_every_channel_that_posts_is_tried_here() -> None:
    assert {*JUDGES, "email"} == CHANNELS.keys()


def test_the_far_end_takes_the_message_and_its_signature(way: Connector, receiver: Receiver) -> None:
    assert way.deliver(message(ALERT, "key-1"), datetime.now(UTC)).note in ("sent", "HTTP 204")
    [asked] = receiver.asked
    shown = said(asked)
    for part in (LINE.quote, LINE.source, LINE.day, LINE.rating, LINE.url, "淘宝 · 更换快递"):
        assert part in shown


@pytest.mark.parametrize("vendor", SIGNED)
def test_a_wrong_signature_is_refused_in_words_without_a_secret(
    vendor: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROBOT_URL", receiver.address + PATHS[vendor])
    monkeypatch.setenv("ROBOT_SECRET", "whsec_YW5vdGhlciBzZWNyZXQ=")
    wrong = Recipient("wrong", vendor, options(receiver.address))
    with pytest.raises(Refused) as refused:
        channel(wrong).deliver(message(ALERT, "key-1"), datetime.now(UTC))
    assert "robot-" not in str(refused.value) and "whsec" not in str(refused.value)


@pytest.mark.parametrize("vendor", SIGNED)
def test_a_signature_of_yesterday_is_refused(way: Connector) -> None:
    with pytest.raises(Refused):
        way.deliver(message(ALERT, "key-1"), datetime.now(UTC) - timedelta(days=1))


def test_a_far_end_that_has_had_enough_is_tried_later(
    vendor: str, way: Connector, receiver: Receiver
) -> None:
    receiver.judge = lambda _: BUSY[vendor]
    with pytest.raises(TryLater):
        way.deliver(message(ALERT, "key-1"), NOW)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_far_end_in_trouble_is_tried_later(status: int, way: Connector, receiver: Receiver) -> None:
    receiver.judge = lambda _: (status, {})
    with pytest.raises(TryLater):
        way.deliver(message(ALERT, "key-1"), NOW)


@pytest.mark.parametrize("answer", [(404, {}), (302, {}), (400, {"errcode": 1, "code": 1})])
def test_a_far_end_that_says_no_is_not_tried_again(
    answer: Answer, way: Connector, receiver: Receiver
) -> None:
    receiver.judge = lambda _: answer
    with pytest.raises(Refused):
        way.deliver(message(ALERT, "key-1"), NOW)


def test_a_far_end_that_is_gone_is_tried_later_and_no_secret_is_said_or_logged(
    vendor: str, way: Connector, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    way.deliver(message(ALERT, "key-1"), datetime.now(UTC))
    gone = f"http://127.0.0.1:{free_port()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROBOT_URL", gone + PATHS[vendor])
        there = channel(Recipient("gone", vendor, options(gone)))
        with pytest.raises(TryLater) as later:
            there.deliver(message(ALERT, "key-2"), datetime.now(UTC))
    for secret in ("robot-", SECRET):
        assert secret not in str(later.value) + repr(later.value) + caplog.text + repr(way)


def test_an_address_inside_the_network_is_not_posted_to_unless_it_is_allowed_by_name(
    vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROBOT_URL", f"https://127.0.0.1:{free_port()}/robot-key")
    monkeypatch.setenv("ROBOT_SECRET", SECRET)
    with pytest.raises(Refused, match="loopback"):
        channel(Recipient("inside", vendor, options())).deliver(message(ALERT), datetime.now(UTC))


def test_what_hostile_pages_say_calls_nobody_and_links_nowhere(
    vendor: str, way: Connector, receiver: Receiver
) -> None:
    evil = replace(
        LINE, quote=HOSTILE, source=HOSTILE, note=HOSTILE, url="http://wire.localhost/a)[x](b @all"
    )
    way.deliver(message(replace(ALERT, title=HOSTILE, lines=(evil,)), "key-1"), datetime.now(UTC))
    [asked] = receiver.asked
    if vendor == "webhook":
        assert asked.json["data"]["lines"][0]["quote"] == HOSTILE  # for programs: as it stands
        return
    shown = said(asked)
    assert "\u202e" not in shown
    if vendor == "feishu":  # parts are no markup; only our own part is a link, and none is a call
        parts = [part for row in asked.json["content"]["post"]["zh_cn"]["content"] for part in row]
        assert {part["tag"] for part in parts} == {"text", "a"}
        assert [part["href"] for part in parts if part["tag"] == "a"] == [
            "http://wire.localhost/a%29%5Bx%5D%28b%20@all"
        ]
        return
    text = asked.json["markdown"]["text" if vendor == "dingtalk" else "content"]
    assert text.count("](") == 1 and "![" not in text
    assert "@" not in text.replace("b%20@all)", "") and "<" not in text and "`" not in text
    assert text.count("**") == 2
    assert not any(line.startswith("#") for line in text.splitlines())


@pytest.mark.parametrize("vendor", ["wecom", "dingtalk", "feishu"])
def test_a_robot_gets_twenty_messages_a_minute_and_the_rest_waits(way: Connector, receiver: Receiver) -> None:
    for number in range(20):
        way.deliver(message(ALERT, str(number)), datetime.now(UTC))
    with pytest.raises(TryLater, match="20/minute"):
        way.deliver(message(ALERT, "one too many"), datetime.now(UTC))
    assert len(receiver.asked) == 20


@pytest.mark.parametrize("vendor", ["wecom", "dingtalk", "feishu"])
def test_a_long_digest_is_cut_to_what_a_robot_takes_and_says_how_much_is_left(
    way: Connector, receiver: Receiver
) -> None:
    many = tuple(replace(LINE, heading=f"第{number}项", quote="很长的一句话。" * 40) for number in range(30))
    way.deliver(message(replace(ALERT, lines=many, more=12), "key-1"), datetime.now(UTC))
    [asked] = receiver.asked
    assert len(asked.body) < 20_000
    shown = said(asked)
    told = sum(f"第{number}项" in shown for number in range(30))
    assert 5 < told < 30 and f"另有 {12 + 30 - told} 条" in shown


def test_a_test_message_says_that_it_is_one(vendor: str, way: Connector, receiver: Receiver) -> None:
    way.deliver(message(replace(ALERT, test=True), "key-1"), datetime.now(UTC))
    [asked] = receiver.asked
    assert asked.json["data"]["test"] if vendor == "webhook" else "【测试】" in said(asked)


# ---- e-mail


@dataclass
class Mailbox:
    """What a mail server took, and what it answers with."""

    port: int
    certificate: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    answer: str = "250 taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's)
        if self.answer.startswith("250"):
            read = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(read, EmailMessage)
            self.mails.append(read)
            self.to += envelope.rcpt_tos
        return self.answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def _logged_in(*arguments: Any) -> AuthResult:
    data = arguments[-1]
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (b"intel", b"mail-password")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def mailbox(certificate: Path) -> Iterator[Mailbox]:
    """A mail server that takes nothing before STARTTLS and log-in."""
    box = Mailbox(free_port(), str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    controller = Controller(
        box,
        hostname="localhost",
        port=box.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_logged_in,
    )
    controller.start()
    yield box
    controller.stop()


def mail(mailbox: Mailbox, **changes: object) -> Connector:
    options = {
        "to": ["kam@example.com", "boss@example.com"],
        "from": "intel@example.com",
        "server": "localhost",
        "port": mailbox.port,
        "ca": mailbox.certificate,
        "user": "intel",
        "password": {"env": "MAIL_PASSWORD"},
    }
    return channel(Recipient("sales", "email", options | changes))


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server's password."""
    monkeypatch.setenv("MAIL_PASSWORD", "mail-password")


def test_a_mail_is_text_and_html_sent_after_starttls_and_log_in(mailbox: Mailbox) -> None:
    assert mail(mailbox).deliver(message(ALERT, "key-1"), NOW) == Receipt("sent")
    [got] = mailbox.mails
    assert mailbox.to == ["kam@example.com", "boss@example.com"]
    assert (got["Subject"], got["Message-ID"]) == ("淘宝 · 更换快递", "<key-1@example.com>")
    assert got.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        part = got.get_body((kind,))
        assert part is not None
        content = part.get_content()
        for told in (LINE.quote, LINE.source, LINE.day, LINE.rating, LINE.url):
            assert told in content


def test_hostile_text_in_a_mail_is_neither_a_header_nor_markup(mailbox: Mailbox) -> None:
    evil = replace(LINE, quote="<script>alert(1)</script>", url="javascript:alert(1)")
    alert = replace(ALERT, title="新闻\r\nBcc: everyone@example.com", lines=(evil,))
    mail(mailbox).deliver(message(alert, "key-1"), NOW)
    [got] = mailbox.mails
    assert got["Bcc"] is None and got["Subject"] == "新闻 Bcc: everyone@example.com"
    part = got.get_body(("html",))
    assert part is not None
    assert "<script" not in part.get_content() and "href" not in part.get_content()


@pytest.mark.parametrize(("answer", "trouble"), [("451 later", TryLater), ("554 no", Refused)])
def test_what_the_mail_server_answers_decides_on_a_second_try(
    mailbox: Mailbox, answer: str, trouble: type[Exception]
) -> None:
    mailbox.answer = answer
    with pytest.raises(trouble):
        mail(mailbox).deliver(message(ALERT, "key-1"), NOW)


def test_a_wrong_password_is_refused_and_not_told(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-password")
    with pytest.raises(Refused) as refused:
        mail(mailbox).deliver(message(ALERT, "key-1"), NOW)
    assert "password" not in str(refused.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(Refused, match="self-signed"):
        mail(mailbox, ca="").deliver(message(ALERT, "key-1"), NOW)
    assert mailbox.mails == []


def test_a_server_without_starttls_gets_nothing() -> None:
    box = Mailbox(free_port())
    controller = Controller(box, hostname="localhost", port=box.port)
    controller.start()
    try:
        with pytest.raises(Refused, match="no STARTTLS"):
            mail(box, ca="").deliver(message(ALERT, "key-1"), NOW)
    finally:
        controller.stop()
    assert box.mails == []


# ---- recipients


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"channel": "pigeon"}, "no channel 'pigeon'; there are email, webhook, wecom, dingtalk, feishu"),
        ({"channel": "wecom"}, "wecom needs url"),
        ({"channel": "wecom", "url": "https://robot/?key=1"}, "url is a secret"),
        ({"channel": "wecom", "url": {"env": "NOT_SET"}}, "NOT_SET of url is empty"),
        ({"channel": "wecom", "url": {"file": "nowhere.txt"}}, "cannot read nowhere.txt"),
        ({"channel": "wecom", "url": {"env": "PLAIN"}}, "must begin with https://"),
        ({"channel": "webhook", "url": {"env": "GOOD"}}, "webhook needs secret"),
        ({"channel": "email", "to": "me@example.com"}, "to must be a list"),
        ({"channel": "email", "to": ["nobody"]}, "'nobody' is no e-mail address"),
        ({"channel": "email", "to": ["a@b.example"]}, "from must be a text"),
    ],
)
def test_a_recipient_that_lacks_something_says_what(
    options: dict[str, Any], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAIN", "http://robot.example/?key=1")
    monkeypatch.setenv("GOOD", "https://robot.example/?key=1")
    with pytest.raises(BadRecipient, match=fault):
        channel(Recipient("team", options.pop("channel"), options))


def test_the_table_of_recipients_shares_what_a_channel_has_in_common(tmp_path: Path) -> None:
    file = tmp_path / "recipients.toml"
    file.write_text(
        '[channel.email]\nserver = "smtp.example.com"\nfrom = "intel@example.com"\n'
        '[recipient.sales]\nchannel = "email"\nto = ["kam@example.com"]\n'
    )
    sales = load_recipients(file)["sales"]
    assert (sales.text("server"), sales.texts("to")) == ("smtp.example.com", ("kam@example.com",))
    assert load_recipients(tmp_path / "none.toml") == {}


def test_a_secret_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hidden\n")
    one = Recipient("team", "wecom", {"secret": {"file": str(file)}})
    found = one.secret("secret")
    assert found is not None and found.get_secret_value() == "hidden"
    assert "hidden" not in repr(found) + repr(one)


# ---- text


@given(st.text())
def test_no_text_of_others_is_a_mark_in_a_chat_or_leaves_its_line(text: str) -> None:
    shown = plain(text)
    assert not set(shown) & set("\\`*_~#[]<>|@&!\n\r\u202e\u2028")
    assert "://" not in shown


@given(st.text())
def test_no_address_ends_the_link_it_stands_in(rest: str) -> None:
    address = web_address(f"https://example.com/{rest}")
    assert re.fullmatch(r"https://[\x21-\x7e]*", address)
    assert not set(address) & set("()<>[]\"'`\\|* ")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "field:12", "data:text/html,x", "", " http://a"])
def test_what_is_no_web_page_is_no_link(url: str) -> None:
    assert web_address(url) == ""


def test_words_of_a_quote_stay_as_they_are() -> None:
    assert plain(LINE.quote) == LINE.quote
    assert one_line("一 二\n三", 4) == "一 二…"
