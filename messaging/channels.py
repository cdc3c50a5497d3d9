"""The ways out of the house, each of which says exactly what it knows: sent, turned away, not tried, or in doubt."""

import http.client
import ipaddress
import json
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote_plus, urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import strip_tags

log = structlog.get_logger(__name__)
MOST_READ = 20_000
PLACE = re.compile(r"\{(to|text|key|sender)\}")
NAMED = re.compile(r'"(?:id|message_id|messageId|sid|reference)"\s*:\s*"?([\w.:-]+)')


class TurnedAway(Exception):
    """The other side said no, for good: sending it again would be answered the same."""


class NotTried(Exception):
    """The message certainly did not leave: the server was not reached, or asked to come back later."""


class InDoubt(Exception):
    """The line broke in the middle: the message may have been taken."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes along; it is made when the letter leaves, and not kept."""

    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """What goes out, and under which name, so that a server that sees it twice can tell."""

    key: str
    recipient: str
    subject_line: str
    text: str
    html: str = ""
    sender_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""


def send(channel: str, letter: Letter) -> str:
    """Send a letter by a channel; answers the name under which the other side knows it."""
    short = by_http if settings.SMS_URL else to_console
    way = {"email": by_mail, "sms": short}.get(channel)
    if way is None:
        raise TurnedAway(f"no way out for {channel}")
    return way(letter)


def by_mail(letter: Letter) -> str:
    """Hand a letter to the mail server of the settings."""
    mail = _mail(letter)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotTried(type(error).__name__) from error
    try:
        _hand_over(connection, mail)
    finally:
        _close(connection)
    return str(mail.extra_headers["Message-ID"])


def _hand_over(connection: Any, mail: EmailMultiAlternatives) -> None:
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        later = all(400 <= code < 500 for code, _text in error.recipients.values())
        raise (NotTried if later else TurnedAway)("recipient refused") from error
    except smtplib.SMTPResponseException as error:
        later = 400 <= error.smtp_code < 500
        raise (NotTried if later else TurnedAway)(f"{type(error).__name__} {error.smtp_code}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise TurnedAway(type(error).__name__) from error
    except (OSError, smtplib.SMTPException) as error:
        raise InDoubt(type(error).__name__) from error


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        log.info("mail_line_closed_badly", error=type(error).__name__)


def _mail(letter: Letter) -> EmailMultiAlternatives:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or socket.getfqdn()
    mail = EmailMultiAlternatives(
        subject=" ".join(letter.subject_line.split()),
        body=letter.text or strip_tags(letter.html),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.recipient],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": f"<{letter.key}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    if letter.unsubscribe:
        mail.extra_headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    for file in letter.attachments:
        mail.attach(file.name, file.content, file.mimetype)
    return mail


def by_http(letter: Letter) -> str:
    """Hand a short message to the provider of the settings."""
    link = urlsplit(settings.SMS_URL)
    try:
        connection = Guarded(link, timeout=settings.EMAIL_TIMEOUT)
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        raise NotTried(type(error).__name__) from error
    try:
        path = f"{link.path or '/'}?{link.query}" if link.query else link.path or "/"
        connection.request(settings.SMS_METHOD, path, sms_body(letter).encode(), sms_headers())
        answer = connection.getresponse()
        said = answer.read(MOST_READ).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise InDoubt(type(error).__name__) from error
    finally:
        connection.close()
    return judged(answer.status, said, letter)


def judged(status: int, said: str, letter: Letter) -> str:
    """Read what a provider answered: taken, come back later, never, or nobody knows."""
    if status in settings.SMS_ACCEPTED:
        found = NAMED.search(said)
        return found.group(1)[:200] if found else letter.key
    if status in (408, 425, 429, 503):
        raise NotTried(f"answered {status}")
    if status >= 500:
        raise InDoubt(f"answered {status}")
    raise TurnedAway(f"answered {status}")


def sms_body(letter: Letter) -> str:
    """Fill the body that the provider wants; each value is written so that it cannot end before it should."""
    written = json.dumps if "json" in settings.SMS_TYPE else quote_plus
    values = {"to": letter.recipient, "text": letter.text.strip(), "key": letter.key, "sender": settings.SMS_SENDER}
    return PLACE.sub(lambda found: written(values[found.group(1)]), settings.SMS_BODY)


def sms_headers() -> dict[str, str]:
    """Give the headers of a request to the provider, with the secret it wants."""
    headers = {"Content-Type": settings.SMS_TYPE, "Accept": "application/json"}
    return {**headers, settings.SMS_HEADER: settings.SMS_SECRET} if settings.SMS_SECRET else headers


class Guarded(http.client.HTTPConnection):
    """A line to the address that was looked at: a name that leads into the house's own network is not called.

    The address is resolved once and called as it is, so that a name cannot lead elsewhere a moment later; there is no
    following of redirects.
    """

    def __init__(self, link: SplitResult, *, timeout: float) -> None:
        is_open = link.scheme == "http"
        if link.scheme != "https" and not (is_open and settings.SMS_PRIVATE_ADDRESS):
            raise http.client.InvalidURL("only https is called")
        super().__init__(link.hostname or "", link.port or (80 if is_open else 443), timeout=timeout)
        self.is_secret = not is_open

    def connect(self) -> None:
        family, kind, protocol, _name, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
        if not settings.SMS_PRIVATE_ADDRESS and not ipaddress.ip_address(str(address[0]).split("%")[0]).is_global:
            raise http.client.InvalidURL("a private address is not called")
        self.sock = socket.socket(family, kind, protocol)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(address)
            if self.is_secret:
                self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        except BaseException:
            self.sock.close()
            raise


def to_console(letter: Letter) -> str:
    """Say in the log that a short message would have gone out; where a clinic really works there is no such way."""
    if settings.IN_PRODUCTION:
        raise TurnedAway("no provider of short messages is set up")
    log.warning("short_message", key=letter.key, characters=len(letter.text))
    return letter.key
