"""Who may, is it the moment, and the sentence if not: written once, asked from three sides."""

from collections.abc import Callable, Iterator
from functools import update_wrapper
from typing import Any, cast

from common.refused import Refusal, Refused

Clauses = Callable[..., Iterator[tuple[bool, Refusal]]]


class Rule:
    """A list of clauses, each with the refusal that holds when it fails."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        update_wrapper(cast("Callable[..., Any]", self), clauses)

    def reasons_against(self, *args: Any, **context: Any) -> list[Refusal]:
        """List every clause that fails, for help texts and explanations."""
        return [refusal for holds, refusal in self.clauses(*args, **context) if not holds]

    def allows(self, *args: Any, **context: Any) -> bool:
        """Say whether a page may show the button."""
        return not self.reasons_against(*args, **context)

    def check(self, *args: Any, **context: Any) -> None:
        """Insist: raise with all the failed clauses."""
        reasons = self.reasons_against(*args, **context)
        if reasons:
            raise Refused.of(reasons)


def rule(clauses: Clauses) -> Rule:
    """Turn a generator of (holds, refusal) pairs into a rule."""
    return Rule(clauses)
