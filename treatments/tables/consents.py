"""What the patient is asked beside the treatment, and what the answers were."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from treatments.models import Consent

OPTIONS = {
    "photos_record": _("Clinical photographs, for the record only"),
    "photos_teaching": _("Photographs for teaching, without the name"),
    "photos_marketing": _("Photographs for publicity and social media"),
    "follow_up": _("Being contacted with questions after the treatment"),
    "statistics": _("Data for statistics, without the name"),
    "observers": _("The presence of observers"),
}


def answers_of(consent: Consent) -> list[tuple[Any, bool]]:
    """Give each question with its answer."""
    return [(label, bool(consent.options.get(name))) for name, label in OPTIONS.items()]
