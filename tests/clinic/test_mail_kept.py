import smtplib
from email.message import EmailMessage

import pytest

from clinic.mailbox import Keeper, free_port, open_mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    port = free_port(0)
    controller = open_mailbox(settings.MAIL_DIR, port)
    yield port
    controller.stop()


def letter(subject, text):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "clinic@example.org", "amara@example.org", subject
    mail.set_content(text)
    return mail


def test_what_the_demo_would_send_is_kept_and_shown_with_its_links(client, mailbox):
    with smtplib.SMTP("127.0.0.1", mailbox) as server:
        server.send_message(letter("Your visit", "Open http://localhost:8000/portal/x?a=1&b=2 <b>now</b>"))

    page = client.get("/demo/mail/").content.decode()
    assert "Your visit" in page

    address = page.split("/demo/mail/")[1].split('"')[0]
    shown = client.get(f"/demo/mail/{address}").content.decode()
    assert '<a href="http://localhost:8000/portal/x?a=1&amp;b=2">' in shown
    assert "&lt;b&gt;now&lt;/b&gt;" in shown


def test_only_kept_letters_can_be_named(client, settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    assert client.get("/demo/mail/..%2Fsecret_key/").status_code == 404


def test_the_oldest_letters_go_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr("clinic.mailbox.KEPT_LETTERS", 3)
    keeper = Keeper(tmp_path)

    for number in range(5):
        keeper.keep(b"Subject: %d\n\n" % number)

    kept = [path.read_bytes() for path in sorted(tmp_path.glob("*.eml"))]
    assert kept == [b"Subject: 2\n\n", b"Subject: 3\n\n", b"Subject: 4\n\n"]
