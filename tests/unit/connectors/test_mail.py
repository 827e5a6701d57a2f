"""Mail into a folder and over SMTP: headers, atomic files, encryption, and which errors are tried again."""

import socket
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from anpei.connectors.mail_file import MailFile
from anpei.connectors.mail_smtp import Encryption, MailSmtp, SmtpSettings
from anpei.kernel.errors import InvalidInput
from anpei.notices.ports import DeliveryDown, DeliveryRefused, Message
from tests.unit.connectors.smtp_server import serving, write_certificate

MESSAGE = Message(
    message_id="<0193-a@notices.anpei>",
    written_at=datetime(2026, 11, 21, 6, 5, tzinfo=UTC),
    to="wang@example.com",
    subject="可赔 ¥8,665.67（AP-2026-000123）",
    body="可赔 ¥8,665.67。\n\n.\n怎么算的\n",
)


def read(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def check(mail: EmailMessage, *, sender: str) -> None:
    assert mail["Message-ID"] == "<0193-a@notices.anpei>"
    assert mail["Date"] == "Sat, 21 Nov 2026 06:05:00 +0000"
    assert (mail["From"], mail["To"], mail["Subject"]) == (sender, MESSAGE.to, MESSAGE.subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.body


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"))


def settings(port: int, certificate: Path) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, sender="notices@example.com", ca_file=certificate, timeout_seconds=5)


def test_a_file_per_message_written_again_is_one_file(tmp_path: Path) -> None:
    carrier = MailFile(tmp_path / "out", sender="anpei@example.com")
    carrier.send(MESSAGE)
    carrier.send(MESSAGE)
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == "0193-a.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    check(read(path.read_bytes()), sender="anpei@example.com")


def test_a_message_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    MailFile(tmp_path / "out").send(replace(MESSAGE, message_id="<../../x@y>"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["______x.eml"]


def test_a_folder_that_is_gone_is_tried_again_later(tmp_path: Path) -> None:
    carrier = MailFile(tmp_path / "out")
    (tmp_path / "out").rmdir()
    with pytest.raises(DeliveryDown, match="cannot be written"):
        carrier.send(MESSAGE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [{"to": "a@b.c\nBcc: d@e.f"}, {"subject": "a\r\nBcc: d@e.f"}])
def test_a_header_cannot_be_smuggled_in(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(DeliveryRefused):
        MailFile(tmp_path / "out").send(replace(MESSAGE, **change))
    assert list((tmp_path / "out").iterdir()) == []


def test_over_starttls_with_a_checked_certificate(certificate: Path) -> None:
    with serving(certificate) as (port, received):
        MailSmtp(settings(port, certificate)).send(MESSAGE)
    (data,) = received.mails
    check(read(data), sender="notices@example.com")
    assert received.over_tls is True
    assert received.verbs.index("STARTTLS") < received.verbs.index("MAIL")
    assert received.logins == []


def test_the_password_goes_over_tls_only(certificate: Path) -> None:
    with serving(certificate) as (port, received):
        MailSmtp(replace(settings(port, certificate), user="anpei", password="secret")).send(MESSAGE)
    assert received.logins == ["\0anpei\0secret"]
    assert received.verbs.index("STARTTLS") < received.verbs.index("AUTH")
    assert "secret" not in repr(replace(settings(port, certificate), user="anpei", password="secret"))


def test_without_encryption_on_the_same_machine(certificate: Path) -> None:
    with serving(certificate) as (port, received):
        MailSmtp(replace(settings(port, certificate), encryption=Encryption.NONE)).send(MESSAGE)
    assert (len(received.mails), received.over_tls) == (1, False)


def test_a_certificate_nobody_vouches_for_is_not_trusted(certificate: Path) -> None:
    with serving(certificate) as (port, received), pytest.raises(DeliveryDown, match="SSLCertVerificationError"):
        MailSmtp(replace(settings(port, certificate), ca_file=None)).send(MESSAGE)
    assert received.mails == []


def test_a_server_without_starttls_gets_nothing(certificate: Path) -> None:
    with serving(certificate, EHLO="250 here") as (port, received), pytest.raises(DeliveryDown, match="SMTPNotSupportedError"):
        MailSmtp(settings(port, certificate)).send(MESSAGE)
    assert "MAIL" not in received.verbs


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 no such user"}, DeliveryRefused),
        ({"RCPT": "450 busy"}, DeliveryDown),
        ({"END": "554 not wanted"}, DeliveryRefused),
        ({"END": "451 later"}, DeliveryDown),
        ({"MAIL": "550 sender unknown"}, DeliveryDown),
        ({"DATA": "421 closing"}, DeliveryDown),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else value.__name__,
)
def test_only_a_lasting_refusal_of_this_message_is_final(certificate: Path, answers: dict[str, str], error: type[Exception]) -> None:
    with serving(certificate, **answers) as (port, received), pytest.raises(error) as caught:
        MailSmtp(settings(port, certificate)).send(MESSAGE)
    assert received.mails == []
    assert "wang" not in str(caught.value)


def test_nobody_there_is_tried_again_later(certificate: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(DeliveryDown, match="ConnectionRefusedError"):
        MailSmtp(settings(port, certificate)).send(MESSAGE)


def test_settings_from_the_environment() -> None:
    assert SmtpSettings.from_environment({}) is None
    given = {
        "ANPEI_SMTP_HOST": "mail.example.com", "ANPEI_SMTP_SENDER": "n@example.com", "ANPEI_SMTP_PORT": "465",
        "ANPEI_SMTP_ENCRYPTION": "tls", "ANPEI_SMTP_USER": "u", "ANPEI_SMTP_PASSWORD": "p",
    }  # fmt: skip
    assert SmtpSettings.from_environment(given) == SmtpSettings(
        host="mail.example.com", sender="n@example.com", port=465, encryption=Encryption.TLS, user="u", password="p"
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"ANPEI_SMTP_PORT": "many"}, "ANPEI_SMTP_PORT"),
        ({"ANPEI_SMTP_ENCRYPTION": "ssl"}, "ANPEI_SMTP_ENCRYPTION"),
        ({"ANPEI_SMTP_ENCRYPTION": "none"}, "in clear"),
        ({"ANPEI_SMTP_SENDER": ""}, "ANPEI_SMTP_SENDER"),
        ({"ANPEI_SMTP_USER": "u"}, "belong together"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, str], named: str) -> None:
    given = {"ANPEI_SMTP_HOST": "mail.example.com", "ANPEI_SMTP_SENDER": "n@example.com"} | change
    with pytest.raises(InvalidInput, match=named):
        SmtpSettings.from_environment(given)
