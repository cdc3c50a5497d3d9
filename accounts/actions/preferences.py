"""What people choose for themselves."""

from datetime import datetime

from accounts.models import User
from audit.actions import audited, note_fields


@audited("user.language_chosen")
def speak(user: User, *, language: str, by: User, at: datetime) -> User:
    """Show the pages to somebody in the language that they asked for, on every machine."""
    user.language = language
    user.save(update_fields=["language"])
    note_fields(["language"])
    return user
