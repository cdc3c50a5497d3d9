"""Short messages go to whoever takes them by HTTP, and what came of it is known exactly or said to be in doubt."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from messaging import channels
from messaging.rules.segments import counted

LETTER = channels.Letter(key="message-1", recipient="+34600000001", subject_line="", text='Your "visit"\nis booked')


class Provider(BaseHTTPRequestHandler):
    asked: list = []
    status = 201

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, dict(self.headers), body))
        if self.status == 0:
            self.connection.close()
            return
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"id": "sm-77"}')

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    Provider.asked, Provider.status = [], 201
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send?a=1"
    settings.SMS_SECRET, settings.SMS_PRIVATE_ADDRESS = "Bearer abc", True
    yield Provider
    server.shutdown()
    server.server_close()


def test_a_short_message_is_handed_over_with_its_secret_and_its_name(provider):
    assert channels.send("sms", LETTER) == "sm-77"

    [(path, headers, body)] = provider.asked
    assert path == "/send?a=1"
    assert headers["Authorization"] == "Bearer abc"
    assert json.loads(body) == {"to": "+34600000001", "text": LETTER.text, "from": "", "reference": "message-1"}


def test_the_body_is_what_the_provider_wants(provider, settings):
    settings.SMS_TYPE = "application/x-www-form-urlencoded"
    settings.SMS_BODY = "To={to}&Body={text}"
    channels.send("sms", LETTER)

    assert provider.asked[0][2] == "To=%2B34600000001&Body=Your+%22visit%22%0Ais+booked"


@pytest.mark.parametrize(
    ("status", "known"),
    [
        (400, channels.TurnedAway),
        (401, channels.TurnedAway),
        (302, channels.TurnedAway),
        (429, channels.NotTried),
        (503, channels.NotTried),
        (500, channels.InDoubt),
        (0, channels.InDoubt),
    ],
)
def test_what_the_provider_answers_decides_what_is_known(provider, status, known):
    provider.status = status
    with pytest.raises(known):
        channels.send("sms", LETTER)


def test_a_provider_that_is_away_was_not_tried(settings):
    settings.SMS_URL, settings.SMS_PRIVATE_ADDRESS = "http://127.0.0.1:9/", True
    with pytest.raises(channels.NotTried):
        channels.send("sms", LETTER)


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/", "https://10.0.0.7/", "https://[::1]/", "https://169.254.169.254/", "http://x.org/"],
)
def test_the_house_s_own_network_is_not_called(settings, address):
    settings.SMS_URL = address
    with pytest.raises(channels.NotTried):
        channels.send("sms", LETTER)


@pytest.mark.parametrize(
    ("text", "units", "segments", "is_wide"),
    [
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("€" * 80, 160, 1, False),
        ("é" * 160, 160, 1, False),
        ("ê" * 70, 70, 1, True),
        ("ê" * 71, 71, 2, True),
        ("😀" * 35, 70, 1, True),
        ("", 0, 1, False),
    ],
)
def test_one_letter_outside_the_small_alphabet_halves_the_room(text, units, segments, is_wide):
    count = counted(text)
    assert (count.units, count.segments, count.is_wide) == (units, segments, is_wide)
