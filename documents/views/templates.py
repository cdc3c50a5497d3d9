from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.forms import RefusableForm
from common.refused import Refused
from documents import rendering
from documents.actions import templates
from documents.forms.templates import WordsForm
from documents.rules import templates as rules
from documents.tables.samples import sample_of


@staff(Permission.VIEW_DOCUMENTS)
def template_list(request):
    shown = {
        "versions": request.clinic.template_versions.in_order(),
        "drafts": request.clinic.template_versions.drafts().in_order(),
        "may_draft": may(request.membership, Permission.DRAFT_TEMPLATES),
    }
    return render(request, "documents/template_list.html", shown)


@staff(Permission.VIEW_DOCUMENTS)
def template_show(request, pk):
    return page(request, version_or_404(request, pk))


@staff(Permission.DRAFT_TEMPLATES)
def template_draft(request, pk):
    version = version_or_404(request, pk)
    form = WordsForm(request.POST if request.method == "POST" else None, body=version.body)
    if form.is_valid():
        try:
            written = templates.draft(
                version.template,
                body=form.body,
                language=version.language,
                number=templates.next_number(version.template, version.language),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The draft is kept. Another person publishes it."))
            return redirect("documents:template_show", written.pk)
        except Refused as refused:
            form.add_refusal(refused)
    status = 422 if form.errors else 200
    return render(request, "documents/template_draft.html", {"version": version, "form": form}, status=status)


@staff(Permission.PUBLISH_TEMPLATES)
def template_publish(request, pk):
    version = version_or_404(request, pk)
    form = RefusableForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            templates.publish(version, by=request.user, at=timezone.now())
            messages.success(request, _("These words are issued from now on."))
            return redirect("documents:template_show", pk)
        except Refused as refused:
            form.add_refusal(refused)
    return page(request, version, form=form)


def version_or_404(request, pk):
    return get_object_or_404(request.clinic.template_versions.in_order(), pk=pk)


def page(request, version, form=None):
    flaws, claims = templates.flaws_and_claims(version.template.kind, version.body, version.language)
    against = rules.publish.reasons_against(request.user, version, flaws=flaws, claims=claims, at=timezone.now())
    sample = sample_of(version.template.kind, request.clinic)
    shown = {
        "version": version,
        "title": version.body["title"] if flaws else rendering.title_of(version.body, sample, version.language),
        "sections": [] if flaws else rendering.sections_of(version.body, sample, version.language),
        "form": form or RefusableForm(),
        "against": against if version.state == "draft" else [],
        "may_draft": may(request.membership, Permission.DRAFT_TEMPLATES),
        "may_publish": may(request.membership, Permission.PUBLISH_TEMPLATES) and version.state == "draft",
    }
    return render(request, "documents/template_show.html", shown, status=422 if form and form.errors else 200)
