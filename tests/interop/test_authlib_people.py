"""Authlib's client brings a person here and back: authorization code with PKCE, ID token, userinfo, refresh tokens."""

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.sync_app import BaseApp, OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import BadSignatureError, InvalidClaimError
from joserfc.jwk import ECKey

from services import SCOPE, TIMEOUT, Api, well_known
from visitor import Person, Visitor

METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
CALLBACK = "http://127.0.0.1:18123/callback"
IDENTITY = "openid profile email"


class Keeper:
    """What a web framework would do with new tokens: these tests keep them themselves."""

    def update_token(self, *_: object, **__: object) -> None:
        pass


class Client(OAuth2Mixin, OpenIDMixin, BaseApp):
    """What Authlib's integrations for web frameworks are made of: it reads the server's metadata by itself."""

    client_cls = OAuth2Session


def the_person(known: dict) -> Person:
    return Person(**known["people"]["authlib"])


def at_a_new_browser(api: Api, known: dict) -> Visitor:
    return Visitor(api.issuer, the_person(known))


@pytest.fixture(scope="module")
def visitor(api: Api, known: dict) -> Visitor:
    """Signed in once, and then for all clients."""
    return at_a_new_browser(api, known)


def client(api: Api, known: dict, method: str, scope: str) -> Client:
    partner = known["with_people"][method]
    secret = ECKey.import_key(partner["key"]) if method == "private_key_jwt" else partner["client_secret"]
    settings = {"scope": scope, "token_endpoint_auth_method": method, "code_challenge_method": "S256"}
    return Client(
        framework=Keeper(),
        client_id=partner["client_id"],
        client_secret=secret,
        server_metadata_url=well_known(api.issuer, "openid-configuration"),
        client_kwargs=settings | {"default_timeout": TIMEOUT},
        client_auth_methods=[assertion(api, partner["key"]["kid"])] if method == "private_key_jwt" else [],
    )


def assertion(api: Api, kid: str) -> PrivateKeyJWT:
    """The issuer as the audience and a minute at most; by itself Authlib would say the token endpoint and an hour."""
    return PrivateKeyJWT(api.issuer, claims={"exp": int(time.time()) + 60}, alg="ES256", headers={"kid": kid})


class Flow:
    """One person's way through it, until the client has its tokens."""

    def __init__(self, client: Client, visitor: Visitor, **more: object):
        self.client = client
        self.request = client.create_authorization_url(CALLBACK, **more)
        self.answer = visitor.goes_to(self.request["url"])

    def tokens(self, **otherwise: object) -> dict:
        usual = {"state": self.request["state"], "code_verifier": self.request["code_verifier"]}
        metadata = self.client.load_server_metadata()
        with self.client._get_oauth_client(**metadata) as session:
            session.redirect_uri = CALLBACK
            return session.fetch_token(authorization_response=self.answer, **usual | otherwise)


@pytest.mark.parametrize("method", METHODS)
def test_authlib_gets_tokens_for_a_person(api: Api, known: dict, visitor: Visitor, method: str):
    authlib = client(api, known, method, f"{IDENTITY} {SCOPE}")
    flow = Flow(authlib, visitor)
    tokens = flow.tokens()
    assert set(tokens["scope"].split()) == set(SCOPE.split())

    # Signature, issuer, audience, times, nonce and at_hash; the algorithm is the one that the metadata names.
    claims = authlib.parse_id_token(tokens, nonce=flow.request["nonce"])
    assert claims["iss"] == api.issuer
    assert claims["sub"] == the_person(known).user_id
    assert claims["amr"] == ["pwd"]
    # The access token is good at the API.
    orders = authlib.get(f"{api.resource}/orders", token=tokens)
    assert orders.status_code == 200, orders.text
    # And not for userinfo: that is another audience.
    assert authlib.get(f"{api.issuer}/oauth/userinfo", token=tokens).status_code == 401


@pytest.mark.parametrize("method", METHODS)
def test_authlib_asks_who_the_person_is(api: Api, known: dict, visitor: Visitor, method: str):
    authlib = client(api, known, method, IDENTITY)
    tokens = Flow(authlib, visitor).tokens()
    person = the_person(known)
    expected = {"sub": person.user_id, "name": person.name, "email": person.email, "email_verified": False}
    assert authlib.userinfo(token=tokens) == expected


@pytest.mark.parametrize("method", METHODS)
def test_authlib_refreshes_its_tokens_and_each_refresh_token_is_good_once(
    api: Api, known: dict, visitor: Visitor, method: str
):
    # Authlib sends the whole scope of the authorization again with each refresh.
    authlib = client(api, known, method, f"{IDENTITY} offline_access {SCOPE}")
    first = Flow(authlib, visitor).tokens()

    def refresh(token: dict) -> dict:
        with authlib._get_oauth_client(**authlib.load_server_metadata()) as session:
            if method == "private_key_jwt":
                # Authlib would use the `jti` of its first assertion again.
                session.register_client_auth_method(assertion(api, known["with_people"][method]["key"]["kid"]))
            return session.refresh_token(refresh_token=token["refresh_token"])

    second = refresh(dict(first))
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert authlib.get(f"{api.resource}/orders", token=second).status_code == 200
    with pytest.raises(OAuthError) as raised:
        refresh(first)
    assert raised.value.error == "invalid_grant"
    # Somebody has a copy: nobody has anything any more.
    with pytest.raises(OAuthError) as raised:
        refresh(second)
    assert raised.value.error == "invalid_grant"


def test_authlib_refuses_an_id_token_with_another_nonce(api: Api, known: dict, visitor: Visitor):
    authlib = client(api, known, "client_secret_basic", f"{IDENTITY} {SCOPE}")
    flow = Flow(authlib, visitor)
    tokens = flow.tokens()
    with pytest.raises(InvalidClaimError, match="nonce"):
        authlib.parse_id_token(tokens, nonce="another")
    # And one that was altered, or that came with another access token (at_hash).
    with pytest.raises(InvalidClaimError, match="at_hash"):
        authlib.parse_id_token(tokens | {"access_token": "another"}, nonce=flow.request["nonce"])
    header, claims, signature = tokens["id_token"].split(".")
    signature = signature[:-8] + ("A" * 8 if not signature.endswith("A" * 8) else "B" * 8)
    with pytest.raises(BadSignatureError):
        authlib.parse_id_token(tokens | {"id_token": f"{header}.{claims}.{signature}"}, nonce=flow.request["nonce"])


def test_authlib_refuses_another_state_and_asks_for_no_token(api: Api, known: dict, visitor: Visitor):
    flow = Flow(client(api, known, "none", IDENTITY), visitor)
    with pytest.raises(MismatchingStateException):
        flow.tokens(state="another")
    # The code was not spent.
    assert "access_token" in flow.tokens()


def test_another_verifier_is_invalid_grant(api: Api, known: dict, visitor: Visitor):
    flow = Flow(client(api, known, "none", IDENTITY), visitor)
    with pytest.raises(OAuthError) as raised:
        flow.tokens(code_verifier=generate_token(48))
    assert raised.value.error == "invalid_grant"


def test_authlib_tells_that_the_person_said_no(api: Api, known: dict, visitor: Visitor):
    authlib = client(api, known, "none", IDENTITY)
    request = authlib.create_authorization_url(CALLBACK, prompt="consent")
    answer = parse_qs(urlsplit(visitor.goes_to(request["url"], decision="deny")).query)
    assert answer["error"] == ["access_denied"]
    assert answer["state"] == [request["state"]]
    assert answer["iss"] == [api.issuer]


def test_what_authlib_would_send_through_the_browser_can_be_pushed(api: Api, known: dict, visitor: Visitor):
    """Authlib's client knows no RFC 9126: the same parameters are pushed by hand, and it goes on with the answer."""
    authlib = client(api, known, "client_secret_basic", f"{IDENTITY} {SCOPE}")
    request = authlib.create_authorization_url(CALLBACK)
    metadata, partner = authlib.load_server_metadata(), known["with_people"]["client_secret_basic"]
    parameters = dict(parse_qs(urlsplit(request["url"]).query))
    pushed = requests.post(
        metadata["pushed_authorization_request_endpoint"],
        data=parameters,
        auth=(partner["client_id"], partner["client_secret"]),
        timeout=TIMEOUT,
    )
    assert pushed.status_code == 201, pushed.text
    query = urlencode({"client_id": partner["client_id"], "request_uri": pushed.json()["request_uri"]})
    flow = Flow.__new__(Flow)
    flow.client, flow.request = authlib, request
    flow.answer = visitor.goes_to(f"{metadata['authorization_endpoint']}?{query}")
    assert "id_token" in flow.tokens()


def test_authlib_signs_the_person_out(api: Api, known: dict):
    visitor = at_a_new_browser(api, known)
    authlib = client(api, known, "client_secret_basic", IDENTITY)
    tokens = Flow(authlib, visitor).tokens()
    # Nothing would be asked now.
    silent = authlib.create_authorization_url(CALLBACK, prompt="none")["url"]
    assert "code=" in visitor.goes_to(silent)
    logout = authlib.create_logout_url("http://127.0.0.1:18123/signed-out", tokens["id_token"])
    assert visitor.goes_to(logout["url"]) == f"http://127.0.0.1:18123/signed-out?state={logout['state']}"
    answer = parse_qs(urlsplit(visitor.goes_to(silent)).query)
    assert answer["error"] == ["login_required"]
