"""Sign-in links over real SMTP: aiosmtpd is the mail server, Python's `email` reads the mail."""

import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from mailserver import PASSWORD, USER, AuthService, Certificates, Handler, auth_service, certificates, mail_server
from services import TIMEOUT

ALICE = "alice@example.com"
SENDER = "The shop <no-reply@example.org>"

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("trusted"))


class Forms(HTMLParser):
    """The fields of each form of a page, by where the form leads."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        if tag == "form":
            self.fields[found["action"]] = {}
        elif tag == "input" and "name" in found:
            self.fields[list(self.fields)[-1]][found["name"]] = found.get("value") or ""


class Browser:
    """Cookies, and forms that are sent back as they came."""

    def __init__(self, service: AuthService):
        self.service, self.session = service, requests.Session()

    def get(self, url: str) -> requests.Response:
        return self.session.get(url, timeout=TIMEOUT, allow_redirects=False)

    def send(self, page: requests.Response, action: str, **typed: str) -> requests.Response:
        form = Forms(page.text).fields[action] | typed
        return self.session.post(self.service.url + action, data=form, timeout=TIMEOUT, allow_redirects=False)

    def ask(self, email: str = ALICE) -> requests.Response:
        page = self.get(f"{self.service.url}/sign-in")
        assert page.status_code == 200
        asked = self.send(page, "/sign-in/link", email=email)
        assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in/link/sent")
        return self.get(self.service.url + asked.headers["Location"])


def smtp_url(scheme: str, port: int, query: str = "") -> str:
    return f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@localhost:{port}{query}"


def link_in(text: str, service: AuthService) -> str:
    [link] = [line for line in text.splitlines() if line.startswith(f"{service.url}/sign-in/link?token=")]
    return link


@pytest.mark.parametrize("tls", [None, "starttls", "implicit"])
def test_a_link_comes_by_mail_and_signs_in(tls: str | None, trusted: Certificates):
    handler = Handler()
    with mail_server(handler, tls, trusted.server) as port:
        options = {"mail_from": SENDER} | ({"smtp_ca_file": str(trusted.authority)} if tls else {})
        url = {
            None: f"smtp://127.0.0.1:{port}",
            "starttls": smtp_url("smtp", port, "?tls=required"),
            "implicit": smtp_url("smtps", port),
        }[tls]
        with auth_service(smtp_url=url, **options) as service:
            browser = Browser(service)
            assert browser.ask().status_code == 200
            mail = handler.next()
            assert (mail.sender, mail.recipients) == ("no-reply@example.org", [ALICE])
            assert (mail.under_tls, mail.logged_in) == (tls is not None, tls is not None)

            message = mail.message
            assert message.defects == [] and all(header.defects == () for header in message.values())
            assert (message["To"], message["From"]) == (ALICE, SENDER)
            assert message["Date"].datetime and message["Message-ID"].endswith("@example.org>")
            assert (message.get_content_type(), message["Auto-Submitted"]) == ("text/plain", "auto-generated")
            assert "ten minutes" in message.get_content() and service.url in message.get_content()

            page = browser.get(link_in(message.get_content(), service))
            assert page.status_code == 200
            done = browser.send(page, "/sign-in/link/confirm")
            assert (done.status_code, done.headers["Location"]) == (303, "/account")
            assert ALICE in browser.get(f"{service.url}/account").text
            token = link_in(message.get_content(), service).split("token=")[1]
            log = service.whole_log()
            assert ALICE not in log and token not in log and PASSWORD not in log


def test_a_server_that_refuses_is_logged_and_not_repeated():
    handler = Handler(refusal="550 5.1.1")
    with mail_server(handler) as port, auth_service(smtp_url=f"smtp://127.0.0.1:{port}", mail_from=SENDER) as service:
        assert Browser(service).ask().status_code == 200
        assert "refused with 550" in service.wait_for("mail lnk_.* not sent")
        assert ALICE not in service.whole_log()


def test_tls_with_somebody_else_is_no_tls(tmp_path: Path, trusted: Certificates):
    other, handler = certificates(tmp_path), Handler()
    with mail_server(handler, "implicit", other.server) as port:
        options = {"smtp_url": smtp_url("smtps", port), "smtp_ca_file": str(trusted.authority), "mail_from": SENDER}
        with auth_service(**options) as service:
            assert Browser(service).ask().status_code == 200
            service.wait_for("mail lnk_.* not sent")
            assert handler.mails.empty()


def test_where_tls_is_required_nothing_goes_without(trusted: Certificates):
    handler = Handler()
    with mail_server(handler) as port:
        url = f"smtp://localhost:{port}?tls=required"
        options = {"smtp_url": url, "smtp_ca_file": str(trusted.authority), "mail_from": SENDER}
        with auth_service(**options) as service:
            assert Browser(service).ask().status_code == 200
            service.wait_for("mail lnk_.* not sent")
            assert handler.mails.empty()


def test_the_browser_is_told_the_same_whatever_the_mail_server_does():
    """Away, refusing, or silent: while it says nothing, the answer is there already."""
    good, refusing, silent = Handler(), Handler(refusal="554"), Handler(held=threading.Event())
    answers = []
    for handler in (good, refusing, silent):
        with mail_server(handler) as port, auth_service(smtp_url=f"smtp://127.0.0.1:{port}", mail_from=SENDER) as service:
            answers.append(Browser(service).ask())
            if handler.held:
                assert handler.mails.empty()
                handler.held.set()
            if not handler.refusal:
                assert handler.next().recipients == [ALICE]
    with auth_service(smtp_url="smtp://127.0.0.1:9", mail_from=SENDER) as service:
        answers.append(Browser(service).ask())
        service.wait_for("mail lnk_.* not sent")
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].status_code == 200
