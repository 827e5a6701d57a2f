"""Mail over SMTP (RFC 5321) with STARTTLS or TLS, certificate check and time-outs."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from anpei.connectors.mail_message import to_email
from anpei.kernel.errors import InvalidInput
from anpei.notices.ports import DeliveryDown, DeliveryRefused, Message

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PERMANENT = range(500, 600)


class Encryption(StrEnum):
    """How the connection is protected. ``NONE`` is for a mail server on the same machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail is handed over. Raises InvalidInput when mail or a password would cross a network in clear."""

    host: str
    sender: str
    port: int = 587
    encryption: Encryption = Encryption.STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 20.0

    def __post_init__(self) -> None:
        if self.encryption is Encryption.NONE and self.host not in LOOPBACK:
            raise InvalidInput(f"mail to {self.host} would cross the network in clear: set ANPEI_SMTP_ENCRYPTION to starttls or tls")
        if (self.user is None) != (self.password is None):
            raise InvalidInput("ANPEI_SMTP_USER and ANPEI_SMTP_PASSWORD belong together: set both or none")

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> "SmtpSettings | None":
        """Settings from ANPEI_SMTP_HOST, _SENDER, _PORT, _ENCRYPTION, _USER, _PASSWORD, _CA_FILE; None without a host."""
        host = given.get("ANPEI_SMTP_HOST", "").strip()
        if not host:
            return None
        port, encryption = given.get("ANPEI_SMTP_PORT", "587"), given.get("ANPEI_SMTP_ENCRYPTION", "starttls")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise InvalidInput(f"ANPEI_SMTP_PORT is {port!r}: give a port number")
        if encryption not in set(Encryption):
            raise InvalidInput(f"ANPEI_SMTP_ENCRYPTION is {encryption!r}: give starttls, tls or none")
        sender = given.get("ANPEI_SMTP_SENDER", "").strip()
        if "@" not in sender:
            raise InvalidInput("ANPEI_SMTP_SENDER is no mail address: give the address that notices come from")
        ca_file = given.get("ANPEI_SMTP_CA_FILE")
        return cls(
            host=host, sender=sender, port=int(port), encryption=Encryption(encryption), user=given.get("ANPEI_SMTP_USER") or None,
            password=given.get("ANPEI_SMTP_PASSWORD") or None, ca_file=Path(ca_file) if ca_file else None,
        )  # fmt: skip


class MailSmtp:
    """Implements ``notices.ports.Delivery``: one connection per message."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._tls = ssl.create_default_context(cafile=None if settings.ca_file is None else str(settings.ca_file))

    def send(self, message: Message) -> None:
        """Hand the message over. Raises DeliveryRefused for a lasting refusal (5xx) of this message, DeliveryDown for everything else."""
        mail = to_email(message, sender=self.settings.sender)
        try:
            with self._connect() as server:
                self._prepare(server)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _refused(codes[0], "the recipient") if codes[0] in PERMANENT else _down("the recipient is refused for now") from error
        except smtplib.SMTPDataError as error:
            raise (
                _refused(error.smtp_code, "the message") if error.smtp_code in PERMANENT else _down("the message is refused for now")
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _down(f"{type(error).__name__} while talking to {self.settings.host}") from error

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        if settings.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=self._tls)
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)

    def _prepare(self, server: smtplib.SMTP) -> None:
        if self.settings.encryption is Encryption.STARTTLS:
            server.starttls(context=self._tls)
        if self.settings.user is not None and self.settings.password is not None:
            server.login(self.settings.user, self.settings.password)


def _refused(code: int, what: str) -> DeliveryRefused:
    return DeliveryRefused(f"the mail server refuses {what} for good ({code}): tell the recipient another way", data={"smtp_code": code})


def _down(what: str) -> DeliveryDown:
    return DeliveryDown(f"mail cannot be sent now: {what}; it is tried again later")
