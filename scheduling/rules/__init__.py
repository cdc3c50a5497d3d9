"""What may be booked, moved and cancelled, and when."""

from scheduling.rules import bookings, later, windows

__all__ = ["bookings", "later", "windows"]
