"""Invented values that fill a paper in the preview; nobody was ever treated like this."""

from typing import Any

from django.utils.translation import gettext as _

EVERYWHERE: dict[str, Any] = {
    "currency": "EUR",
    "patient": {"name": "Amara Okonkwo", "number": "P-000001", "born_on": "1986-06-11"},
    "practitioner": {
        "name": "Dr Elena Marchetti",
        "profession": "Dermatologist",
        "licence_number": "DEMO-1001",
        "licence_issuer": "DEMO",
    },
}


def sample_of(kind: str, clinic: Any) -> dict[str, Any]:
    """Give invented values for a sort of paper, under the name and phone of the clinic."""
    house = {
        "name": clinic.name,
        "phone": clinic.phone,
        "emergency_phone": clinic.emergency_phone,
        "time_zone": clinic.time_zone,
    }
    more = {"consent": _consent, "aftercare": _aftercare, "receipt": _receipt}.get(kind, dict)
    return {**EVERYWHERE, "clinic": house, **more()}


def _consent() -> dict[str, Any]:
    return {
        "protocol": {"name": _("Example course"), "evidence_grade": "C", "evidence_note": _("What studies found.")},
        "sessions": 6,
        "interval_text": "4 × 7–10, 2 × 14",
        "price": "690.00",
        "price_per_session": "115.00",
        "aim": "",
        "measures": ["mMASI"],
        "ingredients": [
            {
                "name": _("First substance"),
                "purpose": _("what it is for"),
                "status": _("off-label: not approved for this use"),
                "evidence_grade": "D",
                "side_effects": [_("redness")],
            }
        ],
        "risks": [_("redness"), _("bruise")],
        "options": {"photos_record": True},
    }


def _aftercare() -> dict[str, Any]:
    return {
        "session": {"ordinal": 1, "total": 6, "on": "2026-12-07"},
        "zones": [_("Forehead")],
        "products": [{"name": _("First substance"), "lot": "LOT-001", "ml": "2.5"}],
        "advice_for": ["face"],
        "next_visit": {"at": "2026-12-14T09:00:00+00:00"},
    }


def _receipt() -> dict[str, Any]:
    return {
        "seller": {"name": _("Example Clinic Ltd"), "address": [_("1 Example Street")], "tax_number": "X-0000000"},
        "buyer": {"address": []},
        "exemption": "",
        "receipt": {
            "kind": "receipt",
            "number": "R-2026-000001",
            "lines": [{"text": "", "plan": "PL-000001", "amount": "115.00"}],
            "method": "card",
            "received_on": "2026-12-07",
            "net": "95.04",
            "tax": "19.96",
            "tax_rate": "21",
            "total": "115.00",
        },
    }
