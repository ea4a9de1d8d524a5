"""A person with a browser that knows no scripts: it follows redirects, and fills and sends the forms of the pages."""

import json
import sys
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from services import TIMEOUT, setting


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, with what stands in their fields."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.found.append(Form(given["action"]))
        elif tag == "input":
            self.found[-1].fields[given["name"]] = given.get("value") or ""


@dataclass(frozen=True)
class Person:
    email: str
    password: str
    name: str
    user_id: str = ""


class Visitor:
    """What is at one browser: a person, and the cookies."""

    def __init__(self, issuer: str, person: Person):
        self.issuer, self.person = issuer, person
        self.browser = requests.Session()
        self.seen: list[str] = []

    def goes_to(self, url: str, decision: str = "allow") -> str:
        """Opens an address and does what the pages ask for; gives the first address that is not the issuer's."""
        request = requests.Request("GET", url)
        for _ in range(10):
            answer = self.browser.send(self.browser.prepare_request(request), allow_redirects=False, timeout=TIMEOUT)
            if answer.status_code == 303:
                url = urljoin(answer.url, answer.headers["Location"])
                if not self.is_issuers(url):
                    return url
                request = requests.Request("GET", url)
            else:
                request = self.filled(answer, decision)
        raise AssertionError("the pages go round in a circle")

    def is_issuers(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self.issuer)[:2]

    def filled(self, page: requests.Response, decision: str) -> requests.Request:
        """The form of a page, as the person sends it."""
        assert page.status_code == 200, f"{page.status_code} {page.text}"
        form = Forms(page.text).found[0]
        self.seen.append(form.action)
        match form.action:
            case "/sign-in":
                form.fields |= {"email": self.person.email, "password": self.person.password}
            case "/consent":
                form.fields |= {"decision": decision}
            case other:
                raise AssertionError(f"no form that a client leads to: {other}")
        # As browsers do from a page with `Referrer-Policy: no-referrer`.
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        return requests.Request("POST", urljoin(page.url, form.action), data=form.fields, headers=headers)


def a_person(name: str = "Alice") -> Person:
    return Person(f"{uuid.uuid4()}@example.com", str(uuid.uuid4()), name)


if __name__ == "__main__":
    # For a client that is not written in Python: the person signs in, allows all, and the address is printed.
    with open(setting("INTEROP_KNOWN"), encoding="utf-8") as file:
        known = json.load(file)
    print(Visitor(known["issuer"], Person(**known["people"]["openidconnect"])).goes_to(sys.argv[1]))
