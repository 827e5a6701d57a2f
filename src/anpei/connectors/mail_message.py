"""A notice's message as an Internet message (RFC 5322): what the mail connectors have in common."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from anpei.notices.ports import DeliveryRefused, Message


def to_email(message: Message, *, sender: str) -> EmailMessage:
    """The message as mail in UTF-8. Raises DeliveryRefused when an address or the subject cannot be written as a header."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["Message-ID"] = message.message_id
        mail["Date"] = format_datetime(message.written_at)
        mail["From"] = sender
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:
        raise DeliveryRefused(f"the message {message.message_id} has a header that cannot be written: check its address") from error
    mail.set_content(message.body, charset="utf-8", cte="base64")
    return mail
