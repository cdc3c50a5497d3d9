"""Who may, and is it the moment."""

from messaging.rules import messages

__all__ = ["messages"]
