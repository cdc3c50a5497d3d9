"""Papers for tests, issued the way the house issues them."""

import math
from typing import Any

from accounts.models import Clinic, User
from documents.actions import documents, templates
from documents.models import Document
from patients.models import Patient
from tests.cast import NOON

STROKES = [
    [[20 + i * 6, round(120 + 40 * math.sin(i / 3), 2), i * 10, 0.5] for i in range(60)],
    [[420 + i * 4, round(100 + 20 * math.cos(i / 2), 2), i * 10, 0.5] for i in range(40)],
]
EVIDENCE = "No controlled trial of vitamin C with glutathione injected for melasma was found. Melasma often comes back."


def consent_payload(**more: Any) -> dict[str, Any]:
    """All that a consent is filled with."""
    return {
        "practitioner": {"name": "Dr Paula Practitioner", "profession": "Physician", "licence_number": "T-1"},
        "protocol": {"name": "Melasma course", "evidence_grade": "D", "evidence_note": EVIDENCE},
        "sessions": 6,
        "interval_text": "every 7 to 10 days",
        "price": "690.00",
        "ingredients": [
            {
                "name": "Vitamin C",
                "purpose": "lightens pigment",
                "status": "off-label",
                "evidence_grade": "D",
                "side_effects": ["pain", "redness"],
            }
        ],
        "risks": ["Skin can become darker at the points."],
        "alternatives": ["sun cream and creams that lighten"],
        "options": {"photos_record": True, "photos_marketing": False},
        **more,
    }


def aftercare_payload(**more: Any) -> dict[str, Any]:
    """All that an aftercare sheet is filled with."""
    return {
        "practitioner": {"name": "Dr Paula Practitioner"},
        "session": {"ordinal": 1, "total": 6, "on": "2025-02-03"},
        "zones": ["Forehead", "Right malar"],
        "products": [{"name": "Vitamin C 100 mg/mL", "lot": "VC-2411-07", "ml": "1.50"}],
        "advice_for": ["face", "pigment"],
        **more,
    }


def with_templates(clinic: Clinic) -> Clinic:
    """A clinic that has our words."""
    return templates.load_defaults(clinic, by=User.objects.system(), at=NOON)


def issue(clinic: Clinic, patient: Patient, kind: str = "aftercare", **more: Any) -> Document:
    """Issue a paper; the words are loaded if the clinic has none."""
    if not clinic.template_versions.exists():
        with_templates(clinic)
    payload = consent_payload() if kind == "consent" else aftercare_payload()
    values = {"payload": payload, "by": User.objects.system(), "at": NOON, **more}
    return documents.issue(clinic, kind=kind, patient=patient, **values)


def sign(document: Document, role: str, by: User, **more: Any) -> Any:
    """Put a signature under a paper."""
    values = {"strokes": STROKES, "sha256": document.sha256, "signer_name": by.display_name, "at": NOON, **more}
    return documents.sign(document, role=role, by=by, **values)
