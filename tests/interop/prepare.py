"""Signs in as the operator, registers the partners and people of these tests and writes down what they need to know."""

import dataclasses
import json
import os
import sys

import requests
from joserfc.jwk import ECKey

from services import JWT_BEARER, SCOPE, TIMEOUT, bearer
from visitor import a_person


def main(auth: str, orders: str, admin: str, password_file: str, path: str) -> None:
    with open(password_file, encoding="utf-8") as file:
        sign_in = {"email": "operator@example.com", "password": file.read().strip()}
    answer = requests.post(f"{auth}/login", json=sign_in, timeout=TIMEOUT)
    answer.raise_for_status()
    operator = bearer(answer.json()["access_token"])

    def register(name: str, method: str, **more: object) -> dict:
        partner = {"client_name": name, "scope": SCOPE, "token_endpoint_auth_method": method} | more
        answer = requests.post(f"{admin}/partners", json=partner, headers=operator, timeout=TIMEOUT)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return {"client_id": body["client_id"], "client_secret": body.get("client_secret")}

    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    jwks = {"keys": [key.as_dict(private=False)]}
    partners = {
        "client_secret_basic": register("Basic Books", "client_secret_basic"),
        "client_secret_post": register("Posted Prints", "client_secret_post"),
        "private_key_jwt": register("Signed Songs", "private_key_jwt", jwks=jwks) | {"key": key.as_dict(private=True)},
    }
    bearing = register("Bearing Boots", "private_key_jwt", jwks=jwks, grant_types=[JWT_BEARER])
    partners["jwt_bearer"] = bearing | {"key": key.as_dict(private=True)}
    # Partners that people allow to act for them. The port of their redirect URI is free (RFC 8252 section 7.3).
    for_people = {
        "scope": f"openid profile email offline_access {SCOPE}",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "post_logout_redirect_uris": ["http://127.0.0.1/signed-out"],
    }
    with_people = {
        "client_secret_basic": register("Basic Bikes", "client_secret_basic", **for_people),
        "client_secret_post": register("Posted Paints", "client_secret_post", **for_people),
        "private_key_jwt": register("Signed Shoes", "private_key_jwt", jwks=jwks, **for_people)
        | {"key": key.as_dict(private=True)},
        "none": register("Public Pens", "none", **for_people),
    }
    # One for each client: nobody may sign in too often.
    people = {}
    for client in ["authlib", "openid-client", "openidconnect"]:
        person = a_person()
        body = {"email": person.email, "password": person.password, "name": person.name, "roles": ["customer"]}
        answer = requests.post(f"{admin}/users", json=body, headers=operator, timeout=TIMEOUT)
        assert answer.status_code == 201, answer.text
        people[client] = dataclasses.asdict(person) | {"user_id": answer.json()["user_id"]}
    known = {"issuer": auth, "orders": orders, "partners": partners, "with_people": with_people, "people": people}
    # It holds secrets.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
