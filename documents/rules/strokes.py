"""What counts as a signature drawn on a screen."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refused

BOARD = (704, 200)
MARGIN = 300  # a finger may slide past the edge, and a tall screen gives a taller board
MOST_POINTS = 20_000
LEAST_POINTS = 2
Strokes = list[list[list[float]]]
TYPED: dict[str, Any] = {}  # no drawing: the name was typed, and stands beside it


def clean(drawn: Any) -> Strokes:
    """Read strokes [[[x, y, milliseconds, pressure], ...], ...]; what is no drawing, or none at all, is refused."""
    if not isinstance(drawn, Sequence) or isinstance(drawn, str):
        raise Refused("invalid", _("A signature is a list of strokes, and a stroke a list of points."))
    strokes = [[_point(point) for point in _listed(stroke)] for stroke in drawn]
    strokes = [stroke for stroke in strokes if stroke]
    count = sum(len(stroke) for stroke in strokes)
    if count < LEAST_POINTS:
        raise Refused("signature_missing", _("The signature is empty. Sign with a finger, a pen or the mouse."))
    if count > MOST_POINTS:
        raise Refused("invalid", _("The signature has more points than a hand can draw."))
    return strokes


def _listed(stroke: Any) -> Sequence[Any]:
    if not isinstance(stroke, Sequence) or isinstance(stroke, str):
        raise Refused("invalid", _("A signature is a list of strokes, and a stroke a list of points."))
    return stroke


def _point(point: Any) -> list[float]:
    numbers = list(point) if isinstance(point, Sequence) and not isinstance(point, str) else []
    fits = (
        2 <= len(numbers) <= 4
        and all(isinstance(each, int | float) and not isinstance(each, bool) and isfinite(each) for each in numbers)
        and -MARGIN <= numbers[0] <= BOARD[0] + MARGIN
        and -MARGIN <= numbers[1] <= BOARD[1] + MARGIN
    )
    if not fits:
        raise Refused("invalid", _("A point of the signature lies outside the board, or is not a point."))
    return [round(float(each), 2) for each in numbers]
