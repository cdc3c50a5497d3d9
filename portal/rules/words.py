"""Words that a patient's act leaves for the staff are in the language of the clinic, whatever the patient reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation


@contextmanager
def in_clinic_language(clinic: Any) -> Iterator[None]:
    """Speak the clinic's language for a moment."""
    known = translation.check_for_language(clinic.language)
    with translation.override(clinic.language if known else "en"):
        yield
