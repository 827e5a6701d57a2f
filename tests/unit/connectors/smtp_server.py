"""A tiny SMTP server on loopback for tests: STARTTLS, AUTH PLAIN/LOGIN refused unless right, and replies on demand."""

import base64
import datetime
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def write_certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start.replace(year=2090))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


@dataclass
class Received:
    """What the server took and how it answers. ``answers`` maps a verb to the reply that replaces the usual one."""

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    over_tls: bool = False


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self) -> None:
        received: Received = self.server.received
        self.say("220 ready")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            received.verbs.append(verb)
            if verb in received.answers:
                self.say(received.answers[verb])
            elif verb == "STARTTLS":
                self.say("220 go on")
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
                received.over_tls = True
            elif verb == "DATA":
                self.take_mail(received)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.answer(received, verb, rest)

    def answer(self, received: Received, verb: str, rest: str) -> None:
        if verb == "EHLO":
            self.say("250-here\r\n250-AUTH PLAIN\r\n" + ("250 SIZE" if received.over_tls else "250 STARTTLS"))
        elif verb == "AUTH":
            received.logins.append(base64.b64decode(rest.partition(" ")[2]).decode())
            self.say("235 welcome")
        else:
            self.say("250 good")

    def take_mail(self, received: Received) -> None:
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        reply = received.answers.get("END", "250 taken")
        if reply.startswith("250"):
            received.mails.append(b"".join(lines))
        self.say(reply)


@contextmanager
def serving(certificate: Path, **answers: str) -> Iterator[tuple[int, Received]]:
    """A server on a free port of 127.0.0.1; gives the port and what it received."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.received = Received(answers=answers)  # type: ignore[attr-defined]
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # type: ignore[attr-defined]
        server.tls.load_cert_chain(certificate)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], server.received  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
