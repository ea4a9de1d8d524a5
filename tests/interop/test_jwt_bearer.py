"""Assertions by PyJWT and by Authlib as a grant (RFC 7523 section 2.1): for the partner itself, and for its account."""

import time
import uuid

import jwt
import pytest
import requests
from authlib.integrations.requests_client import AssertionSession
from authlib.oauth2 import OAuth2Error
from joserfc.jwk import ECKey

from services import JWT_BEARER, SCOPE, TIMEOUT, Api, an_account, an_order, bearer


@pytest.fixture
def partner(partners: dict) -> dict:
    return partners["jwt_bearer"]


def granted(api: Api, partner: dict, subject: str, **otherwise: object) -> requests.Response:
    """What the token endpoint says to an assertion that PyJWT makes. Nothing else tells who asks."""
    now = int(time.time())
    usual = {"iss": partner["client_id"], "aud": api.issuer, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    claims = usual | {"sub": subject} | otherwise
    assertion = jwt.encode(claims, jwt.PyJWK(partner["key"]), "ES256", {"kid": partner["key"]["kid"]})
    form = {"grant_type": JWT_BEARER, "assertion": assertion, "resource": api.resource}
    return requests.post(api.token_endpoint, data=form, timeout=TIMEOUT)


def authlib(api: Api, partner: dict, **otherwise: object) -> AssertionSession:
    """By itself Authlib would name the token endpoint as the audience, and an hour."""
    agreed = {"audience": api.issuer, "expires_in": 60} | otherwise
    header = {"alg": "ES256", "kid": partner["key"]["kid"]}
    key = ECKey.import_key(partner["key"])
    return AssertionSession(
        api.token_endpoint,
        issuer=partner["client_id"],
        subject=partner["client_id"],
        key=key,
        header=header,
        scope=SCOPE,
        default_timeout=TIMEOUT,
        **agreed,
    )


def test_pyjwt_signs_for_the_partner_and_for_its_account(api: Api, partner: dict):
    answer = granted(api, partner, partner["client_id"])
    assert answer.status_code == 200, answer.text
    own = bearer(answer.json()["access_token"])
    account = requests.post(f"{api.resource}/accounts", json=an_account(), headers=own, timeout=TIMEOUT).json()

    answer = granted(api, partner, account["account_id"])
    assert answer.status_code == 200, answer.text
    accounts = bearer(answer.json()["access_token"])
    order = an_order(account["account_id"])
    ordered = requests.post(f"{api.resource}/orders", json=order, headers=accounts, timeout=TIMEOUT)
    assert ordered.status_code == 201, ordered.text


@pytest.mark.parametrize(
    "otherwise",
    [
        {"aud": "https://elsewhere.example"},
        {"exp": int(time.time()) + 3600},
        {"exp": int(time.time()) - 120},
        {"sub": "usr_somebody"},
        {"iss": "https://elsewhere.example"},
    ],
    ids=["another audience", "an hour", "expired", "a person", "another issuer"],
)
def test_what_is_wrong_is_invalid_grant(api: Api, partner: dict, otherwise: dict):
    answer = granted(api, partner, partner["client_id"], **otherwise)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_authlib_signs_an_assertion_and_uses_the_token(api: Api, partner: dict):
    with authlib(api, partner) as client:
        orders = client.get(f"{api.resource}/orders")
    assert orders.status_code == 200, orders.text


@pytest.mark.parametrize("otherwise", [{"audience": None}, {"expires_in": 3600}], ids=["token endpoint", "an hour"])
def test_an_assertion_as_authlib_makes_it_by_default_is_invalid_grant(api: Api, partner: dict, otherwise: dict):
    with authlib(api, partner, **otherwise) as client, pytest.raises(OAuth2Error) as raised:
        client.refresh_token()
    assert raised.value.error == "invalid_grant"
