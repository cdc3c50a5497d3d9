"""What every table says about itself: which columns name a person, how long it is kept, whether it only grows."""

from dataclasses import dataclass
from enum import StrEnum


class Retention(StrEnum):
    """How long the rows of a table are kept, and what an erasure request does to them."""

    SETTING = "setting"  # as long as the owner uses it; names nobody
    IDENTITY = "identity"  # made anonymous at once when the person asks for erasure
    RECORD = "record"  # kept until the legal duty ends, then deleted
    CONTACT = "contact"  # deleted when the person asks for erasure
    LEDGER = "ledger"  # kept as long as the records that point at it
    PASSING = "passing"  # technical, deleted after days


@dataclass(frozen=True)
class Nature:
    """The nature of one table."""

    retention: Retention
    personal: tuple[str, ...] = ()
    append_only: bool = False
