"""What may be booked, moved and cancelled, and when."""

from scheduling.rules import bookings, later, series, windows

__all__ = ["bookings", "later", "series", "windows"]
