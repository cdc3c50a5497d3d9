"""Patient search over a hundred thousand: parts of a name, a birth date, the file number, over HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from bench._servers import BARE, Client, served, token
from bench._turns import figure, in_turns

NEEDS = {"patients": 100_000, "appointments": 1_000_000}


def words() -> dict[str, str]:
    """What the front desk types, taken from a patient in the middle of the list."""
    from accounts.models import Clinic
    from clinic.volume.house import SLUG

    rows = Clinic.objects.get(slug=SLUG).patients.order_by("pk")
    one = rows[rows.count() // 2]
    return {
        "both_names": f"{one.family_name} {one.given_name}",
        "part_of_a_name": one.family_name[:4],
        "birth_date": one.born_on.isoformat(),
        "file_number": one.number,
    }


def measure() -> Iterator[dict[str, Any]]:
    """Each way of searching against a bare view that reads one row."""
    asked = words()
    with served() as ours, served(BARE) as bare:
        desk, row = Client(ours, token()), Client(bare)
        for name, text in asked.items():
            path = f"/api/v1/patients/?search={quote(text)}&limit=20"
            value, limit = in_turns(lambda path=path: desk.get(path), lambda: row.get("/row/"))
            yield figure(f"patient_search_{name}_http", value, limit, 8)
