"""Our verifier judges tokens that PyJWT and jose minted for an issuer that is none of ours."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import jwt
import pytest
import requests

import issuer
from issuer import ALGORITHMS, MINTS, Draft, Key, Mint
from services import TIMEOUT, bearer


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    return {alg: Key.generate(alg) for alg in ALGORITHMS}


@pytest.fixture(scope="module")
def orders(keys: dict[str, Key]) -> Iterator[str]:
    with issuer.publishing(list(keys.values())) as jwks_url, issuer.orders_service(jwks_url) as url:
        yield url


@pytest.fixture(params=MINTS)
def mint(request) -> Mint:
    return MINTS[request.param]


def get_orders(orders: str, token: str) -> requests.Response:
    return requests.get(f"{orders}/orders", headers=bearer(token), timeout=TIMEOUT)


def with_claims(**claims: object) -> Callable[[Draft], Draft]:
    return lambda draft: replace(draft, claims=draft.claims | claims)


def with_header(**header: object) -> Callable[[Draft], Draft]:
    return lambda draft: replace(draft, header=draft.header | header)


def shifted(seconds: int) -> Callable[[Draft], Draft]:
    """The same token, issued earlier or later."""
    return lambda draft: with_claims(iat=draft.claims["iat"] + seconds, exp=draft.claims["exp"] + seconds)(draft)


def good_for_a_day(draft: Draft) -> Draft:
    return with_claims(exp=draft.claims["iat"] + 86_400)(draft)


def without(claim: str) -> Callable[[Draft], Draft]:
    return lambda draft: replace(draft, claims={name: draft.claims[name] for name in draft.claims if name != claim})


def by_another_key(draft: Draft) -> Draft:
    return replace(draft, key=Key.generate(draft.alg))


def unsigned(draft: Draft) -> Draft:
    return replace(draft, alg="none")


def hs256_with_the_public_key(draft: Draft) -> Draft:
    return replace(draft, alg="HS256", secret=draft.key.public_pem())


# What a caller is told: which of the three checks refused.
FORM = 'error_description="The access token is not well-formed."'
SIGNATURE = 'error_description="The signature of the access token'
CLAIMS = 'error_description="The claims of the access token'

# What is wrong, and the check that must find it.
WRONG = {
    "expired": (shifted(-310), CLAIMS),
    "not yet issued": (shifted(60), CLAIMS),
    "good for a day": (good_for_a_day, CLAIMS),
    "another audience": (with_claims(aud="https://elsewhere.example"), CLAIMS),
    "another issuer": (with_claims(iss="https://thief.example"), CLAIMS),
    "typ JWT": (with_header(typ="JWT"), CLAIMS),
    "no iss": (without("iss"), CLAIMS),
    "no sub": (without("sub"), CLAIMS),
    "no aud": (without("aud"), CLAIMS),
    "no exp": (without("exp"), CLAIMS),
    "no iat": (without("iat"), CLAIMS),
    "no jti": (without("jti"), CLAIMS),
    "no client_id": (without("client_id"), CLAIMS),
    "another key under the same kid": (by_another_key, SIGNATURE),
    "an unknown kid": (with_header(kid="nobody-knows"), SIGNATURE),
    "HS256 with the public key as PEM": (hs256_with_the_public_key, SIGNATURE),
    "alg none": (unsigned, FORM),
}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_token_of_theirs_is_accepted(orders: str, keys: dict[str, Key], mint: Mint, alg: str):
    answer = get_orders(orders, mint(issuer.good(keys[alg])))
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next_cursor": None})


def test_a_list_of_audiences_with_ours_in_it_is_accepted(orders: str, keys: dict[str, Key], mint: Mint):
    draft = with_claims(aud=["https://elsewhere.example", issuer.AUDIENCE])(issuer.good(keys["ES256"]))
    assert get_orders(orders, mint(draft)).status_code == 200


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_of_theirs_is_refused(orders: str, keys: dict[str, Key], mint: Mint, alg: str, wrong: str):
    change, check = WRONG[wrong]
    answer = get_orders(orders, mint(change(issuer.good(keys[alg]))))
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in challenge and check in challenge, challenge


def test_too_little_scope_is_403(orders: str, keys: dict[str, Key], mint: Mint):
    draft = with_claims(scope="accounts:read")(issuer.good(keys["ES256"]))
    answer = get_orders(orders, mint(draft))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_pyjwt_does_not_take_a_public_key_for_a_secret(keys: dict[str, Key]):
    with pytest.raises(jwt.InvalidKeyError):
        jwt.encode({}, keys["ES256"].public_pem(), algorithm="HS256")
