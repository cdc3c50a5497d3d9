"""The resources of the machine's door, one module per noun."""

from api.views.door import ClinicView

__all__ = ["ClinicView"]
