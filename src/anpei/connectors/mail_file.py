"""Mail into a folder: one .eml file per message, for development, demonstrations and pick-up by another system."""

import errno
import os
import re
import secrets
from pathlib import Path

from anpei.connectors.mail_message import to_email
from anpei.engines.db import StorageFull
from anpei.notices.ports import DeliveryDown, Message

SENDER = "anpei@localhost"


class MailFile:
    """Implements ``notices.ports.Delivery``. The file is named by the message id, so sending again replaces it by itself."""

    def __init__(self, folder: Path, *, sender: str = SENDER) -> None:
        self.folder = folder
        self.sender = sender
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, message: Message) -> None:
        """Write the file, whole or not at all. Raises DeliveryRefused, StorageFull, DeliveryDown."""
        data = to_email(message, sender=self.sender).as_bytes()
        target = self.folder / f"{re.sub(r'[^0-9A-Za-z-]', '_', message.message_id.strip('<>').partition('@')[0])}.eml"
        partial = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            partial.replace(target)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("the disk of the mail folder is full: free space; the message is kept and sent later") from error
            raise DeliveryDown(
                f"the mail folder cannot be written ({type(error).__name__}): check that it exists and its rights"
            ) from error
