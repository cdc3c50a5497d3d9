"""When the words of a paper may be issued."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from documents.models import TemplateState, TemplateVersion


@rule
def publish(user: Any, version: TemplateVersion, *, flaws: Sequence[str]) -> Iterator[tuple[bool, Refusal]]:
    """Only a draft is published, and only one whose words can be filled in."""
    yield (
        version.state == TemplateState.DRAFT,
        Refusal("wrong_state", _("These words are already published; write a new version.")),
    )
    yield not flaws, Refusal("template_flawed", _("The words hold something that a paper may not: ") + ", ".join(flaws))
