"""Secrets that are shown once and kept as hashes, and the proof that a member has just confirmed who they are."""

import hashlib
import secrets
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate


def new_secret() -> tuple[str, str]:
    """Make a secret of 256 bits and the hash under which it is kept."""
    secret = secrets.token_urlsafe(32)
    return secret, digest(secret)


def digest(secret: str) -> str:
    """Hash a secret for keeping and looking up (SHA-256 of 256 random bits needs no salt)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stepped_up(request: Any) -> bool:
    """Say whether this person has shown the password, a passkey or a code within the last five minutes."""
    return bool(getattr(request, "api_stepped_up", False)) or bool(
        hasattr(request, "session") and did_recently_reauthenticate(request)
    )
