"""A share of something, as every report says it: x of n, and a percentage with its interval where n allows one."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.decimals import half_up
from safety.statistics import shows_percent, wilson

PLACES = 2


@dataclass(frozen=True)
class Share:
    """So many of so many; below ten there is no percentage (Wilson's interval at 95 % from there on)."""

    x: int
    n: int

    @property
    def words(self) -> str:
        return _("%(x)s of %(n)s") % {"x": self.x, "n": self.n}

    @property
    def percent(self) -> Decimal | None:
        return self._percent("value")

    @property
    def low(self) -> Decimal | None:
        return self._percent("low")

    @property
    def high(self) -> Decimal | None:
        return self._percent("high")

    @property
    def cells(self) -> tuple[str, Decimal | None, Decimal | None, Decimal | None]:
        """Give the four cells that a report shows: the words, the percentage, and where it lies."""
        return self.words, self.percent, self.low, self.high

    def _percent(self, part: str) -> Decimal | None:
        interval = wilson(self.x, self.n) if shows_percent(self.n) else None
        return None if interval is None else half_up(Decimal(str(getattr(interval, part) * 100)), PLACES)
