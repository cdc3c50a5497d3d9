"""The letters that the demo kept, for anyone at the demo's own browser. Production has no such page."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.access import anyone

MOST_SHOWN = 100
ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True)
class Letter:
    """One kept mail, read for showing."""

    name: str
    mail: EmailMessage

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.name, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)

    @property
    def subject(self) -> str:
        return str(self.mail["subject"] or "")

    @property
    def to(self) -> str:
        return str(self.mail["to"] or "")

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain", "html"))
        return str(part.get_content()) if part else ""

    @property
    def linked_text(self) -> SafeString:
        """The text with its addresses as links; everything else is escaped."""
        pieces = ADDRESS.split(self.text)
        return format_html_join("", "{}", ((link(piece) if n % 2 else piece,) for n, piece in enumerate(pieces)))

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.mail.iter_attachments()]


def link(address: str) -> SafeString:
    return format_html('<a href="{0}">{0}</a>', address)


def letters() -> list[Letter]:
    """The kept letters, newest first."""
    paths = sorted(Path(settings.MAIL_DIR).glob("*.eml"), reverse=True)[:MOST_SHOWN]
    return [read(path) for path in paths]


def read(path: Path) -> Letter:
    mail: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Letter(path.stem, mail)


@anyone
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "clinic/mail_list.html", {"letters": letters()})


@anyone
@require_safe
def mail_show(request: HttpRequest, name: str) -> HttpResponse:
    path = Path(settings.MAIL_DIR) / f"{name}.eml"
    if not re.fullmatch(r"[0-9T]+", name) or not path.is_file():
        raise Http404
    return render(request, "clinic/mail_show.html", {"letter": read(path)})
