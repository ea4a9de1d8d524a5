"""What the tests have in common."""

import json

import pytest

import services


@pytest.fixture(scope="session")
def known() -> dict:
    """The API's URL and the partners' credentials: all that is known beforehand."""
    with open(services.setting("INTEROP_KNOWN"), encoding="utf-8") as file:
        return json.load(file)


@pytest.fixture(scope="session")
def partners(known: dict) -> dict:
    return known["partners"]


@pytest.fixture(scope="session")
def api(known: dict) -> services.Api:
    return services.discover(known["orders"])
