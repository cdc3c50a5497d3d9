"""What goes in and out at the machine's door."""

from api.serializers.fields import DecimalText, Moment, Slug, StrictSerializer

__all__ = ["DecimalText", "Moment", "Slug", "StrictSerializer"]
