"""The documents' PyJWT example, with PyJWT on one side and our code on the other. Ours is the example `shared_secret` of
shared-claims: the library itself knows no shared secret."""

import json
import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

import pyjwt_example
from services import setting

USER = {"user_id": 123, "username": "alice"}
DAY = timedelta(days=1)
OUTCOMES = {3: "expired", 4: "invalid"}


class OurCode:
    """The example program, with a secret in a file."""

    def __init__(self, secret: str, file: Path):
        self.secret, self.file = secret, file
        file.write_text(secret, encoding="utf-8")

    def run(self, command: str, text: str) -> subprocess.CompletedProcess:
        program = [setting("INTEROP_SHARED_SECRET"), command, "--secret-file", str(self.file)]
        return subprocess.run(program, input=text, capture_output=True, text=True, timeout=30, check=False)

    def encode(self, claims: dict) -> str:
        signed = self.run("sign", json.dumps(claims))
        assert signed.returncode == 0, signed.stderr
        return signed.stdout.strip()

    def decode(self, token: str) -> dict | str:
        read = self.run("verify", token)
        if read.returncode == 0:
            return json.loads(read.stdout)
        assert read.stdout.strip() == OUTCOMES.get(read.returncode), read.stderr
        return read.stdout.strip()


@pytest.fixture
def ours(tmp_path: Path) -> OurCode:
    return OurCode(secrets.token_urlsafe(32), tmp_path / "secret")


def altered(token: str) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def is_a_day_from_now(exp: int) -> bool:
    return abs(exp - (datetime.now(tz=UTC) + DAY).timestamp()) < 60


def test_pyjwt_encodes_and_our_code_decodes(ours: OurCode):
    claims = ours.decode(pyjwt_example.encode(**USER, secret=ours.secret))
    assert is_a_day_from_now(claims.pop("exp"))
    assert claims == USER


def test_our_code_encodes_and_pyjwt_decodes(ours: OurCode):
    claims = pyjwt_example.decode(ours.encode(USER), ours.secret)
    assert is_a_day_from_now(claims.pop("exp"))
    assert claims == USER


def test_an_expired_token_of_pyjwt_is_expired_to_both(ours: OurCode):
    token = pyjwt_example.encode(**USER, secret=ours.secret, lifetime=timedelta(seconds=-1))
    assert [ours.decode(token), pyjwt_example.decode(token, ours.secret)] == ["expired"] * 2


def test_an_expired_token_of_our_code_is_expired_to_both(ours: OurCode):
    token = ours.encode(USER | {"exp": int(datetime.now(tz=UTC).timestamp()) - 1})
    assert [ours.decode(token), pyjwt_example.decode(token, ours.secret)] == ["expired"] * 2


def test_an_invalid_token_is_invalid_to_both(ours: OurCode):
    theirs, own = pyjwt_example.encode(**USER, secret=ours.secret), ours.encode(USER)
    other_secret = secrets.token_urlsafe(32)
    for token in [
        altered(theirs),
        altered(own),
        pyjwt_example.encode(**USER, secret=other_secret),
        pyjwt_example.encode(**USER, secret=other_secret, lifetime=-DAY),
        jwt.encode(USER | {"exp": datetime.now(tz=UTC) + DAY}, ours.secret * 2, algorithm="HS512"),
        jwt.encode(USER | {"exp": datetime.now(tz=UTC) + DAY}, None, algorithm="none"),
        "not.a.token",
    ]:
        assert [ours.decode(token), pyjwt_example.decode(token, ours.secret)] == ["invalid"] * 2, token


def test_our_code_takes_no_secret_under_32_bytes(tmp_path: Path):
    for length, accepted in [(31, False), (32, True)]:
        signed = OurCode("x" * length, tmp_path / "secret").run("sign", json.dumps(USER))
        assert (signed.returncode == 0) == accepted
        assert accepted or "31 bytes" in signed.stderr
