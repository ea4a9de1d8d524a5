"""Authlib's OAuth 2.0 client gets a token in every way that we offer, and uses it."""

import time
import uuid

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from services import SCOPE, TIMEOUT, Api, an_account, an_order

METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]


def session(partner: dict, method: str, secret: object = None) -> OAuth2Session:
    secret = secret or partner["client_secret"]
    return OAuth2Session(
        partner["client_id"], secret, token_endpoint_auth_method=method, scope=SCOPE, default_timeout=TIMEOUT
    )


def signing_session(api: Api, partner: dict, **assertion: object) -> OAuth2Session:
    """With `private_key_jwt`. We want the issuer as the audience and ten minutes at most; Authlib would take the token
    endpoint and an hour, so both are said."""
    client = session(partner, "private_key_jwt", ECKey.import_key(partner["key"]))
    agreed = {"token_endpoint": api.issuer, "claims": {"exp": int(time.time()) + 60}} | assertion
    client.register_client_auth_method(PrivateKeyJWT(alg="ES256", headers={"kid": partner["key"]["kid"]}, **agreed))
    return client


def fetch_token(client: OAuth2Session, api: Api) -> dict:
    return client.fetch_token(api.token_endpoint, grant_type="client_credentials", resource=api.resource)


@pytest.fixture(params=METHODS)
def client(request, api: Api, partners: dict) -> OAuth2Session:
    method = request.param
    if method == "private_key_jwt":
        return signing_session(api, partners[method])
    return session(partners[method], method)


def test_authlib_gets_a_token_and_uses_it(client: OAuth2Session, api: Api):
    token = fetch_token(client, api)
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 300
    assert set(token["scope"].split()) == set(SCOPE.split())

    account = client.post(f"{api.resource}/accounts", json=an_account())
    assert account.status_code == 201
    order = client.post(f"{api.resource}/orders", json=an_order(account.json()["account_id"]))
    assert order.status_code == 201
    orders = client.get(f"{api.resource}/orders")
    assert orders.status_code == 200
    assert order.json()["order_id"] in [item["order_id"] for item in orders.json()["items"]]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_wrong_secret_is_invalid_client(api: Api, partners: dict, method: str):
    with pytest.raises(OAuthError) as raised:
        fetch_token(session(partners[method], method, "not-the-secret"), api)
    assert raised.value.error == "invalid_client"


@pytest.mark.parametrize(
    "otherwise",
    [{"token_endpoint": None}, {"claims": {"exp": int(time.time()) + 3600}}],
    ids=["the token endpoint as audience", "an hour"],
)
def test_an_assertion_as_authlib_makes_it_by_default_is_invalid_client(api: Api, partners: dict, otherwise: dict):
    with pytest.raises(OAuthError) as raised:
        fetch_token(signing_session(api, partners["private_key_jwt"], **otherwise), api)
    assert raised.value.error == "invalid_client"


def test_an_assertion_is_good_once(api: Api, partners: dict):
    same = {"exp": int(time.time()) + 60, "jti": str(uuid.uuid4())}
    client = signing_session(api, partners["private_key_jwt"], claims=same)
    fetch_token(client, api)
    with pytest.raises(OAuthError) as raised:
        fetch_token(client, api)
    assert raised.value.error == "invalid_client"


def test_an_assertion_by_another_key_is_invalid_client(api: Api, partners: dict):
    partner = partners["private_key_jwt"]
    other = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": partner["key"]["kid"]}, private=True)
    with pytest.raises(OAuthError) as raised:
        fetch_token(signing_session(api, partner | {"key": other.as_dict(private=True)}), api)
    assert raised.value.error == "invalid_client"
