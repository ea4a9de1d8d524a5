"""Our services as a stranger meets them: one URL is known, all else is discovered. No code of theirs is used."""

import os
import re
import uuid
from dataclasses import dataclass

import requests

TIMEOUT = 10
SCOPE = "orders:read orders:write accounts:read accounts:write fulfilment:request"

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def get_json(url: str) -> dict:
    answer = requests.get(url, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()


def well_known(identifier: str, name: str) -> str:
    """The location of metadata for an identifier without a path (RFC 8414 section 3, RFC 9728 section 3)."""
    return f"{identifier.rstrip('/')}/.well-known/{name}"


@dataclass(frozen=True)
class Api:
    """What there is to know of the API and of who issues tokens for it."""

    resource: str
    jwks_uri: str
    issuer: str
    issuer_jwks_uri: str
    token_endpoint: str


def discover(url: str) -> Api:
    """From the API's 401 to its metadata (RFC 9728), from there to the authorization server's (RFC 8414)."""
    refused = requests.get(f"{url}/orders", timeout=TIMEOUT)
    assert refused.status_code == 401
    location = re.search(r'resource_metadata="([^"]+)"', refused.headers["WWW-Authenticate"])
    assert location, "the challenge names no metadata"
    api = get_json(location[1])
    assert api["resource"] == url
    [issuer] = api["authorization_servers"]
    server = get_json(well_known(issuer, "oauth-authorization-server"))
    assert server["issuer"] == issuer
    return Api(api["resource"], api["jwks_uri"], issuer, server["jwks_uri"], server["token_endpoint"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def access_token(api: Api, partner: dict) -> str:
    """A token by client credentials with a secret in the Authorization header (RFC 6749 sections 2.3.1 and 4.4)."""
    form = {"grant_type": "client_credentials", "resource": api.resource}
    credentials = (partner["client_id"], partner["client_secret"])
    answer = requests.post(api.token_endpoint, data=form, auth=credentials, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()["access_token"]


def an_account() -> dict:
    return {"external_id": f"user-{uuid.uuid4()}", "display_name": "Alice"}


def an_order(account_id: str) -> dict:
    return {"account_id": account_id, "description": "A book", "amount": {"minor_units": 1250, "currency": "EUR"}}


def receipt(api: Api, token: str) -> str:
    """Orders something and asks for its fulfilment; what comes back is a signed receipt."""

    def post(path: str, body: dict | None = None) -> dict:
        answer = requests.post(api.resource + path, json=body, headers=bearer(token), timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    account = post("/accounts", an_account())
    order = post("/orders", an_order(account["account_id"]))
    return post(f"/orders/{order['order_id']}/fulfilment")["receipt"]


def setting(name: str) -> str:
    """A setting that `run` gives."""
    value = os.environ.get(name)
    assert value, f"{name} is not set; start the tests with tests/interop/run"
    return value
