"""The words of the papers: loaded for a new clinic, and replaced by a new version, never changed."""

from datetime import datetime
from typing import Any

from accounts.models import Clinic, User
from audit.actions import audited
from documents import reference, rendering, sealing
from documents.claims import Claim, claims_in_body
from documents.models import DocumentKind, Template, TemplateState, TemplateVersion
from documents.rules import placeholders
from documents.rules import templates as rules


@audited("templates.loaded")
def load_defaults(clinic: Clinic, *, by: User, at: datetime) -> Clinic:
    """Give a clinic our words for its papers; to one that has its own they are only put beside, as drafts."""
    for kind in reference.DEFAULTS:
        template, _created = Template.objects.get_or_create(
            clinic=clinic, slug=kind, defaults={"kind": kind, "name": str(DocumentKind(kind).label)}
        )
        for language in reference.LANGUAGES:
            _offer(template, language, by=by, at=at)
    return clinic


def _offer(template: Template, language: str, *, by: User, at: datetime) -> None:
    known = template.versions.filter(language=language)
    if known.filter(number=reference.VERSION).exists():
        return
    version = draft(
        template,
        body=reference.words(template.kind, language),
        language=language,
        number=reference.VERSION,
        by=by,
        at=at,
    )
    if not known.published().exists():
        publish(version, by=by, at=at)


def flaws_and_claims(kind: str, body: dict[str, Any], language: str) -> tuple[list[str], list[Claim]]:
    """List what a paper may not hold, what it names that nothing fills, and what it promises."""
    flaws = rendering.flaws_in(body)
    return flaws or placeholders.flaws_in(kind, body), claims_in_body(body, language)


def next_number(template: Template, language: str) -> str:
    """Give the number of the next version in a language."""
    numbers = template.versions.filter(language=language).values_list("number", flat=True)
    return str(max((int(each) for each in numbers if each.isdecimal()), default=0) + 1)


@audited("template_version.drafted")
def draft(
    template: Template, *, body: dict[str, Any], language: str, number: str, by: User, at: datetime
) -> TemplateVersion:
    """Write a new version of the words of a paper in one language."""
    flaws, claims = flaws_and_claims(template.kind, body, language)
    rules.draft.check(by, flaws=flaws, claims=claims)
    return TemplateVersion.objects.create(
        clinic=template.clinic,
        template=template,
        number=number,
        language=language,
        body=body,
        sha256=sealing.version_sha256(body, kind=template.kind, language=language, number=number),
        created_at=at,
        created_by=by,
    )


@audited("template_version.published")
def publish(version: TemplateVersion, *, by: User, at: datetime) -> TemplateVersion:
    """Issue these words from now on; the version before is retired, and papers issued with it keep it."""
    version = (
        TemplateVersion.objects.select_for_update(of=("self",)).select_related("template", "clinic").get(pk=version.pk)
    )
    flaws, claims = flaws_and_claims(version.template.kind, version.body, version.language)
    rules.publish.check(by, version, flaws=flaws, claims=claims, at=at)
    version.template.versions.published().filter(language=version.language).update(state=TemplateState.RETIRED)
    version.state, version.published_at, version.published_by = TemplateState.PUBLISHED, at, by
    version.save(update_fields=["state", "published_at", "published_by"])
    return version
