"""Secrets that are shown once and kept as hashes, and the proof that a member has just confirmed who they are."""

import hashlib
import secrets
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.utils import timezone

# What proves a person: the password; a passkey, an app's code or a recovery code; the PIN of the day on this device.
PROOFS = ("password", "mfa", "pin")


def new_secret() -> tuple[str, str]:
    """Make a secret of 256 bits and the hash under which it is kept."""
    secret = secrets.token_urlsafe(32)
    return secret, digest(secret)


def digest(secret: str) -> str:
    """Hash a secret for keeping and looking up (SHA-256 of 256 random bits needs no salt)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stepped_up(request: Any) -> bool:
    """Say whether this person has shown the password, a passkey, a code or the PIN within the last five minutes.

    A token of the API has no log-in to go by: it counts only together with `X-Step-Up`.
    """
    if hasattr(request, "api_stepped_up"):
        return bool(request.api_stepped_up)
    if not hasattr(request, "session"):
        return False
    oldest = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record.get("method") in PROOFS and record.get("at", 0) > oldest for record in records)
