"""Figures of safety and success: intervals, disproportionality, causality points. Floats only at the very end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

Z95 = 1.959963984540054
FEWEST_FOR_PERCENT = 10


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 percent interval."""

    value: float
    low: float
    high: float


def wilson(x: int, n: int, z: float = Z95) -> Interval | None:
    """Share x of n with its Wilson score interval, as fractions of 1; None when n is 0 ("no data")."""
    if not 0 <= x <= n:
        raise ValueError(_("The number of events must lie between 0 and the number observed."))
    if n == 0:
        return None
    p, square = x / n, z * z
    centre = (p + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    return Interval(p, 0.0 if x == 0 else max(0.0, centre - half), 1.0 if x == n else min(1.0, centre + half))


def shows_percent(n: int) -> bool:
    """Whether a group is large enough for a percentage; below ten only "x of n" is shown."""
    return n >= FEWEST_FOR_PERCENT


@dataclass(frozen=True)
class Disproportionality:
    """How much more often an event is reported with an exposure than without; ranks, never clears."""

    a: int
    expected: float
    prr: Interval | None
    ror: Interval
    ror_corrected: bool
    chi2: float
    chi2_yates: float
    signal: bool


def disproportionality(a: int, b: int, c: int, d: int) -> Disproportionality:
    """PRR, ROR and chi-squared of a 2x2 table: exposed (a event, b other), not exposed (c event, d other).

    Signal after Evans 2001 with Yates' correction: a >= 3, PRR >= 2, chi2 >= 4. PRR is None when it cannot be
    calculated; with an empty cell the ROR adds 0.5 to every cell and says so.
    """
    if min(a, b, c, d) < 0:
        raise ValueError(_("A table of reports cannot hold negative numbers."))
    prr = _prr(a, b, c, d)
    chi2, yates = _chi2(a, b, c, d)
    total = a + b + c + d
    return Disproportionality(
        a=a,
        expected=(a + b) * (a + c) / total if total else 0.0,
        prr=prr,
        ror=_ror(a, b, c, d),
        ror_corrected=min(a, b, c, d) == 0,
        chi2=chi2,
        chi2_yates=yates,
        signal=a >= 3 and prr is not None and prr.value >= 2 and yates >= 4,
    )


def _prr(a: int, b: int, c: int, d: int) -> Interval | None:
    if a == 0 or c == 0:
        return None
    ratio = Fraction(a, a + b) / Fraction(c, c + d)
    return _log_interval(float(ratio), math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))


def _ror(a: float, b: float, c: float, d: float) -> Interval:
    if min(a, b, c, d) == 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    return _log_interval(a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def _log_interval(value: float, error: float) -> Interval:
    return Interval(value, value * math.exp(-Z95 * error), value * math.exp(Z95 * error))


def _chi2(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    """Pearson's chi-squared and Yates' conservative one; both 0 when a row or column is empty."""
    total, margins = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0, 0.0
    distance = abs(a * d - b * c)
    pearson = Fraction(total * distance**2, margins)
    yates = total * max(Fraction(0), distance - Fraction(total, 2)) ** 2 / margins
    return float(pearson), float(yates)


def fisher_one_sided(a: int, b: int, c: int, d: int) -> float:
    """Fisher's exact probability of at least `a` events among the exposed, with the margins fixed."""
    exposed, events, total = a + b, a + c, a + b + c + d
    ways = sum(
        math.comb(exposed, hits) * math.comb(total - exposed, events - hits)
        for hits in range(a, min(exposed, events) + 1)
    )
    return float(Fraction(ways, math.comb(total, events)))


NARANJO_POINTS = ((1, 0), (2, -1), (1, 0), (2, -1), (-1, 2), (-1, 1), (1, 0), (1, 0), (1, 0), (1, 0))


@dataclass(frozen=True)
class Naranjo:
    """Causality points of a suspected drug reaction, with their name; weak for technique and contamination."""

    score: int
    band: str


def naranjo(answers: Sequence[str]) -> Naranjo:
    """Ten answers of yes, no or unknown to -4..13 points: definite from 9, probable from 5, possible from 1."""
    if len(answers) != len(NARANJO_POINTS) or set(answers) - {"yes", "no", "unknown"}:
        raise ValueError(_("All ten questions are answered with yes, no or unknown."))
    points = {"yes": 0, "no": 1}
    score = sum(
        table[points[answer]] for table, answer in zip(NARANJO_POINTS, answers, strict=True) if answer != "unknown"
    )
    band = "definite" if score >= 9 else "probable" if score >= 5 else "possible" if score >= 1 else "doubtful"
    return Naranjo(score, band)
