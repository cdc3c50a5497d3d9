"""Whether a link opens the portal; looking at one changes nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import tokens
from common.refused import Refusal
from common.rules import rule
from patients.models import LinkPurpose, PortalLink

PURPOSES = frozenset({LinkPurpose.LOG_IN, LinkPurpose.SIGN_CONSENT})


def found(secret: str) -> PortalLink | None:
    """Find the link of a secret, usable or not; whoever holds the secret may know of which clinic it is."""
    return PortalLink.objects.select_related("clinic", "patient").filter(token_sha256=tokens.digest(secret)).first()


@rule
def enter(user: Any, link: PortalLink | None, *, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """A link opens the portal once, before it runs out, if it was made for that and was not replaced."""
    yield link is not None, Refusal("link_spent", _("This link is not complete. Open it again from the message."))
    if link is not None:
        yield link.purpose in PURPOSES, Refusal("link_spent", _("This link does not open the portal."))
        yield link.used_at is None, Refusal("link_spent", _("This link was used already. A link opens once."))
        yield link.withdrawn_at is None, Refusal("link_spent", _("A newer link has taken the place of this one."))
        yield link.expires_at > at, Refusal("link_spent", _("This link has run out."))
