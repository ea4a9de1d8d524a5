"""An issuer that is none of ours: keys made by `cryptography`, published by `http.server`, tokens minted by PyJWT or
by jose. And an orders-service that is pointed at it by settings alone."""

import hashlib
import hmac
import json
import subprocess
import tempfile
import threading
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from ports import free_ports
from services import setting

ALGORITHMS = ["ES256", "RS256", "EdDSA"]
# Names, not locations: nothing answers there.
ISSUER = "https://issuer.example"
AUDIENCE = "https://orders.example"


@dataclass(frozen=True)
class Key:
    """A private key with the name and the algorithm that it is published under."""

    alg: str
    kid: str
    private: object

    @classmethod
    def generate(cls, alg: str) -> "Key":
        make = {
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
        }
        return cls(alg, f"key-for-{alg}", make[alg]())

    def _jwk(self, key: object) -> dict:
        to_jwk = {"ES256": ECAlgorithm.to_jwk, "RS256": RSAAlgorithm.to_jwk, "EdDSA": OKPAlgorithm.to_jwk}
        # PyJWT writes `key_ops` for RSA; `use` says the same (RFC 7517 section 4.3 wants one of them).
        members = {name: value for name, value in to_jwk[self.alg](key, as_dict=True).items() if name != "key_ops"}
        return members | {"use": "sig", "alg": self.alg, "kid": self.kid}

    def public_jwk(self) -> dict:
        return self._jwk(self.private.public_key())

    def private_jwk(self) -> dict:
        return self._jwk(self.private)

    def public_pem(self) -> str:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True)
class Draft:
    """A token that is about to be minted."""

    alg: str
    header: dict
    claims: dict
    key: Key
    secret: str | None = None


Mint = Callable[[Draft], str]


def good(key: Key) -> Draft:
    """An access token as RFC 9068 section 2 wants it, good for five minutes."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "partner-1",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 300,
        "jti": str(uuid.uuid4()),
        "client_id": "partner-1",
        "scope": "orders:read",
    }
    return Draft(key.alg, {"typ": "at+jwt", "kid": key.kid}, claims, key)


def mint_with_pyjwt(draft: Draft) -> str:
    if draft.secret is not None:
        return mint_by_hand(draft)
    key = None if draft.alg == "none" else draft.key.private
    return jwt.encode(draft.claims, key, algorithm=draft.alg, headers=draft.header)


def mint_by_hand(draft: Draft) -> str:
    """HS256 under a secret that looks like a public key. PyJWT refuses to do that; an attacker's code would not."""

    def encode(part: bytes) -> str:
        return urlsafe_b64encode(part).rstrip(b"=").decode()

    header = {"alg": draft.alg} | draft.header
    signing_input = ".".join(encode(json.dumps(part).encode()) for part in (header, draft.claims))
    return f"{signing_input}.{encode(hmac.digest(draft.secret.encode(), signing_input.encode(), hashlib.sha256))}"


def mint_with_jose(draft: Draft) -> str:
    request = {
        "alg": draft.alg,
        "header": draft.header,
        "claims": draft.claims,
        "key": draft.key.private_jwk(),
        "secret": draft.secret,
    }
    script = Path(setting("INTEROP_JOSE")) / "mint.mjs"
    command = ["node", str(script)]
    minted = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=30, check=False)
    assert minted.returncode == 0, minted.stderr
    return minted.stdout.strip()


MINTS: dict[str, Mint] = {"PyJWT": mint_with_pyjwt, "jose": mint_with_jose}


@contextmanager
def publishing(keys: list[Key]) -> Iterator[str]:
    """Serves the public keys as a JWK Set on loopback, at the URL that is given back."""
    body = json.dumps({"keys": [key.public_jwk() for key in keys]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/jwk-set+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()


@contextmanager
def orders_service(jwks_url: str) -> Iterator[str]:
    """orders-service, pointed at the issuer above. It exchanges no token here, so nothing answers at TOKEN_URL."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="interop-orders-") as data:
        settings = {
            "--port": str(port),
            "--management-port": "0",
            "--drain-delay": "0",
            "--database-url": f"sqlite://{data}/orders.db",
            "--issuer": ISSUER,
            "--public-url": AUDIENCE,
            "--jwks-url": jwks_url,
            "--algorithms": ",".join(ALGORITHMS),
            "--token-typ": "at+jwt",
            "--token-url": "http://127.0.0.1:9/token",
        }
        command = [setting("INTEROP_ORDERS_SERVICE"), "serve", *(part for pair in settings.items() for part in pair)]
        # What stands in the environment is meant for something else.
        process = subprocess.Popen(command, cwd=data, env={}, stderr=subprocess.PIPE, text=True)
        try:
            wait_until_ready(process, url)
            yield url
        finally:
            process.terminate()
            process.communicate(timeout=20)


def wait_until_ready(process: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, f"orders-service ended: {process.communicate()[1]}"
        try:
            if requests.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise AssertionError("orders-service did not become ready within 30 s")
