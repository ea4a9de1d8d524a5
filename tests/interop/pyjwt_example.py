"""The documents' PyJWT example: a token with a shared secret that is good for a day, and the three ways in which
reading it can end. Its `datetime.utcnow()` is written with a time zone here; the rest is as it stands there."""

from datetime import UTC, datetime, timedelta

import jwt


def encode(user_id: int, username: str, secret: str, lifetime: timedelta = timedelta(days=1)) -> str:
    payload = {
        "user_id": user_id,
        "username": username,
        "exp": datetime.now(tz=UTC) + lifetime,
    }
    return jwt.encode(payload, secret, algorithm="HS256")


def decode(token: str, secret: str) -> dict | str:
    """The claims, or `expired` or `invalid`."""
    try:
        return jwt.decode(token, secret, algorithms=["HS256"])
    except jwt.ExpiredSignatureError:
        return "expired"
    except jwt.InvalidTokenError:
        return "invalid"
