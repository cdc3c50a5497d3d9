"""The ways out of the house, each of which says exactly what it knows: sent, turned away, not tried, or in doubt."""

import smtplib
import socket
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import strip_tags

log = structlog.get_logger(__name__)


class TurnedAway(Exception):
    """The other side said no, for good: sending it again would be answered the same."""


class NotTried(Exception):
    """The message certainly did not leave: the server was not reached, or asked to come back later."""


class InDoubt(Exception):
    """The line broke in the middle: the message may have been taken."""


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


def send(channel: str, letter: Letter) -> str:
    """Send a letter by a channel; answers the name under which the other side knows it."""
    way = {"email": by_mail, "sms": to_console}.get(channel)
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
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    return mail


def to_console(letter: Letter) -> str:
    """Say in the log that a short message would have gone out; where a clinic really works there is no such way."""
    if settings.IN_PRODUCTION:
        raise TurnedAway("no provider of short messages is set up")
    log.warning("short_message", key=letter.key, characters=len(letter.text))
    return letter.key
