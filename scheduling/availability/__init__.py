"""When and where a visit can take place: the only reader of hours and busy times."""

from scheduling.availability.hours import moments, open_days
from scheduling.availability.needs import Needs, kind_of, needs_of
from scheduling.availability.sights import Place, Sight, look
from scheduling.availability.slots import Slot, slots

__all__ = ["Needs", "Place", "Sight", "Slot", "kind_of", "look", "moments", "needs_of", "open_days", "slots"]
