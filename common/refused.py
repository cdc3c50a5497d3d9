"""One way to say "no, and here is why", for pages and API alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Refusal:
    """One reason: a code for machines, a sentence for people, and the link that mends it."""

    code: str
    message: Words
    severity: str = "block"
    source: Words = ""
    url: str = ""

    def as_dict(self) -> dict[str, str]:
        """Say the reason as the API does."""
        return {
            "code": self.code,
            "message": str(self.message),
            "severity": self.severity,
            "source": str(self.source),
            "fix_url": str(self.url),
        }


class Refused(Exception):
    """Something is not allowed now; carries every reason at once, hardest first."""

    def __init__(self, code: str, message: Words, *, url: str = "", source: Words = "", **extra: Any) -> None:
        self.reasons = [Refusal(code, message, source=source, url=url)]
        self.extra = extra
        super().__init__(code)

    @classmethod
    def of(cls, reasons: Iterable[Refusal], **extra: Any) -> "Refused":
        """Refuse with several reasons; the first one gives the code."""
        reasons = list(reasons)
        refused = cls(reasons[0].code, reasons[0].message, **extra)
        refused.reasons = reasons
        return refused

    @property
    def code(self) -> str:
        return self.reasons[0].code

    @property
    def detail(self) -> str:
        return " ".join(str(reason.message) for reason in self.reasons)

    def __str__(self) -> str:
        return self.detail


SAID_BY_DATABASE: dict[str, tuple[str, Words]] = {
    "patient_file_is_open": (
        "merged_away",
        _("This file was merged into another one meanwhile. Go on in the file that stayed."),
    ),
}


def refusal_of(error: Exception) -> Refused | None:
    """Put into a sentence what the database itself refuses; None where that would be a bug of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    said = SAID_BY_DATABASE.get(getattr(diagnosis, "constraint_name", None) or "")
    return Refused(*said) if said else None
