"""The secret in the letter after a visit, and the address that it makes."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from treatments.models import TreatmentSession


def secret_of(session: TreatmentSession) -> str:
    """Derive the 256 bits of a session's link from the house's own key.

    The database keeps only their hash, and the letter in the outbox only a mark: they are joined when it leaves.
    """
    meant = f"report link {session.clinic_id} {session.pk}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), meant, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def address_of(session: TreatmentSession) -> str:
    """Give the full address of a session's link, as it stands in the letter."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("portal:report_open", args=[secret_of(session)])
