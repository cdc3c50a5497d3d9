"""Two sides measured in turns, at least three rounds, medians; absolute figures drift, ratios do not."""

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS, EACH = 5, 60


def figure(bench: str, value: float, limit: float, most: float, unit: str = "ms") -> dict[str, Any]:
    """One answer: ours, the bare counterpart, their ratio and the bar."""
    ratio = value / limit if limit else float("inf")
    return {
        "bench": bench,
        "value": round(value, 3),
        "limit": round(limit, 3),
        "ratio": round(ratio, 3),
        "max": most,
        "unit": unit,
    }


def took(call: Callable[[], Any]) -> float:
    """Milliseconds that one call took."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def in_turns(*calls: Callable[[], Any], rounds: int = ROUNDS, each: int = EACH) -> list[float]:
    """The median over rounds of each side's p50, one side after the other in every round."""
    for call in calls:
        call()
    halves: list[list[float]] = [[] for _ in calls]
    for _round in range(rounds):
        for place, call in enumerate(calls):
            halves[place].append(statistics.median(took(call) for _ in range(each)))
    return [statistics.median(side) for side in halves]
