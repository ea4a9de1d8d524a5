"""A mail server that is none of ours, and an auth-service that sends its mail there."""

import queue
import re
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ports import free_ports
from services import setting

USER, PASSWORD = "auth-service", "p@ss/word+1"
SECONDS = 20


@dataclass
class Received:
    """One mail, and how it came."""

    message: EmailMessage
    sender: str
    recipients: list[str]
    under_tls: bool
    logged_in: bool


@dataclass
class Handler:
    """Keeps what it gets. With `refusal` it says no to every recipient; while `held`, it says nothing at all."""

    refusal: str | None = None
    held: threading.Event | None = None
    mails: "queue.Queue[Received]" = field(default_factory=queue.Queue)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list) -> str:
        if self.refusal:
            return f"{self.refusal} <{address}> is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.held:
            await server.loop.run_in_executor(None, self.held.wait, SECONDS)
        message = message_from_bytes(envelope.content, policy=policy.default)
        under_tls = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        mail = Received(message, envelope.mail_from, envelope.rcpt_tos, under_tls, bool(session.authenticated))
        self.mails.put(mail)
        return "250 OK"

    def next(self) -> Received:
        return self.mails.get(timeout=SECONDS)


@dataclass(frozen=True)
class Certificates:
    """An authority, as PEM, and a server for 127.0.0.1 that it vouches for."""

    authority: Path
    server: ssl.SSLContext


def certificates(folder: Path) -> Certificates:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def signed(subject: str, key, ca: bool, *more: x509.ExtensionType) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Test authority"))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(authority_key, hashes.SHA256())

    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = signed("Test authority", authority_key, True)
    names = [x509.DNSName("localhost")]
    server = signed("localhost", server_key, False, x509.SubjectAlternativeName(names))
    (folder / "authority.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(server.public_bytes(Encoding.PEM) + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return Certificates(folder / "authority.pem", context)


@contextmanager
def mail_server(handler: Handler, tls: str | None = None, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Its port on 127.0.0.1. `tls` is `starttls` or `implicit`, and then it wants a user and a password."""

    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right)

    options: dict = {}
    if tls:
        # Under TLS from the start, aiosmtpd does not know of it, and would not let anybody log in.
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": tls == "starttls"}
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    [port] = free_ports(1)
    wrapped = context if tls == "implicit" else None
    controller = Controller(handler, hostname="127.0.0.1", port=port, ssl_context=wrapped, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class AuthService:
    """A service of its own, with what it says on standard error."""

    def __init__(self, process: subprocess.Popen, url: str):
        self.process, self.url = process, url
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.log: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self.lines.put(line)
        self.lines.put(None)

    def wait_for(self, pattern: str) -> str:
        """The next line of the log that has `pattern` in it."""
        while (line := self.lines.get(timeout=SECONDS)) is not None:
            self.log.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it ended without saying {pattern}: {''.join(self.log)}")

    def whole_log(self) -> str:
        """Everything that it said, once it has ended."""
        self.process.terminate()
        self.process.wait(timeout=SECONDS)
        while (line := self.lines.get(timeout=SECONDS)) is not None:
            self.log.append(line)
        return "".join(self.log)


@contextmanager
def auth_service(**options: str) -> Iterator[AuthService]:
    """auth-service with its own data; `smtp_url="…"` is its option `--smtp-url`."""
    [port] = free_ports(1)
    url = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory(prefix="interop-auth-") as data:
        settings = {"port": str(port), "management_port": "0", "drain_delay": "0", "data_dir": data, "issuer": url}
        settings |= {"database_url": f"sqlite://{data}/auth.db", "password_cost": "4"} | options
        arguments = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", value)]
        command = [setting("INTEROP_AUTH_SERVICE"), "serve", *arguments]
        # What stands in the environment is meant for something else.
        process = subprocess.Popen(command, cwd=data, env={}, stderr=subprocess.PIPE, text=True)
        try:
            service = AuthService(process, url)
            service.wait_for("listens on")
            yield service
        finally:
            process.kill()
            process.wait(timeout=SECONDS)
