"""Signs in as the operator, registers the partners of these tests and writes down what they need to know."""

import json
import os
import sys

import requests
from joserfc.jwk import ECKey

from services import SCOPE, TIMEOUT, bearer


def main(auth: str, orders: str, admin: str, password_file: str, path: str) -> None:
    with open(password_file, encoding="utf-8") as file:
        sign_in = {"email": "operator@example.com", "password": file.read().strip()}
    answer = requests.post(f"{auth}/login", json=sign_in, timeout=TIMEOUT)
    answer.raise_for_status()
    operator = bearer(answer.json()["access_token"])

    def register(name: str, method: str, **more: object) -> dict:
        partner = {"client_name": name, "scope": SCOPE, "token_endpoint_auth_method": method, **more}
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
    # It holds secrets.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"orders": orders, "partners": partners}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
