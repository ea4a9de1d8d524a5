"""PyJWT verifies the access token and the receipt that our services issue."""

import base64
import json
from datetime import datetime, timedelta

import jwt
import pytest

import services

REQUIRED = ["iss", "sub", "aud", "exp", "iat", "jti"]


class Issued:
    """A token, and what its reader has agreed on with its issuer."""

    def __init__(self, token: str, typ: str, issuer: str, audience: str, jwks_uri: str):
        self.token, self.typ, self.issuer, self.audience = token, typ, issuer, audience
        self.keys = jwt.PyJWKClient(jwks_uri)

    def verify(self, token: str | None = None, audience: str | None = None) -> dict:
        token = token or self.token
        key = self.keys.get_signing_key_from_jwt(token)
        read = jwt.decode_complete(
            token,
            key,
            algorithms=["ES256"],
            issuer=self.issuer,
            audience=audience or self.audience,
            options={"require": REQUIRED},
        )
        # PyJWT leaves `typ` to its users.
        assert read["header"]["typ"] == self.typ
        return read["payload"]


@pytest.fixture(scope="module", params=["access token", "receipt"])
def issued(request, api: services.Api, partners: dict) -> Issued:
    partner = partners["client_secret_basic"]
    token = services.access_token(api, partner)
    if request.param == "access token":
        return Issued(token, "at+jwt", api.issuer, api.resource, api.issuer_jwks_uri)
    receipt = services.receipt(api, token)
    return Issued(receipt, "fulfilment-receipt+jwt", api.resource, partner["client_id"], api.jwks_uri)


def set_clock_forward(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + by

    monkeypatch.setattr("jwt.api_jwt.datetime", Later)


def test_pyjwt_verifies_it(issued: Issued):
    claims = issued.verify()
    assert claims["iss"] == issued.issuer
    assert claims["aud"] == issued.audience


def test_an_access_token_is_for_five_minutes_and_for_its_client(api: services.Api, partners: dict):
    partner = partners["client_secret_basic"]
    token = services.access_token(api, partner)
    claims = Issued(token, "at+jwt", api.issuer, api.resource, api.issuer_jwks_uri).verify()
    assert claims["exp"] - claims["iat"] == 300
    assert claims["client_id"] == claims["sub"] == partner["client_id"]
    assert set(claims["scope"].split()) == set(services.SCOPE.split())


def test_pyjwt_refuses_an_altered_one(issued: Issued):
    header, payload, signature = issued.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    altered = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "somebody-else"}).encode()).rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidSignatureError):
        issued.verify(f"{header}.{altered}.{signature}")


def test_pyjwt_refuses_it_for_another_audience(issued: Issued):
    with pytest.raises(jwt.InvalidAudienceError):
        issued.verify(audience="https://elsewhere.example")


def test_pyjwt_refuses_it_when_it_has_expired(issued: Issued, monkeypatch: pytest.MonkeyPatch):
    claims = issued.verify()
    lifetime = timedelta(seconds=claims["exp"] - claims["iat"])
    # Within the lifetime, with a minute for the test itself, the other clock is no reason to refuse.
    set_clock_forward(monkeypatch, lifetime - timedelta(minutes=1))
    issued.verify()
    set_clock_forward(monkeypatch, lifetime)
    with pytest.raises(jwt.ExpiredSignatureError):
        issued.verify()
