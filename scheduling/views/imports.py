from django.contrib import messages
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Permission, staff
from common.refused import Refused
from patients.actions import imports
from scheduling.forms.imports import (
    ImportDecideForm,
    ImportMapForm,
    ImportRunForm,
    ImportUndoForm,
    ImportUploadForm,
)
from scheduling.tables.imports import beginning_of, page_of, sort_of, told_of, wrong_lines

PER_PAGE = 25


def import_or_404(request, pk):
    return get_object_or_404(
        request.clinic.imports.select_related("clinic", "uploaded_by", "run_by", "undone_by"), pk=pk
    )


@staff(Permission.VIEW_IMPORTS)
def import_list(request):
    page = Paginator(request.clinic.imports.latest_first(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "scheduling/import_list.html", {"page": page})


@staff(Permission.RUN_IMPORTS)
def import_upload(request):
    form = ImportUploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            sent = form.sent
            fields = sort_of(sent["subject"]).fields
            batch = imports.upload(request.clinic, **sent, fields=fields, by=request.user, at=timezone.now())
            return redirect("scheduling:import_map", batch.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    return render(request, "scheduling/import_upload.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.RUN_IMPORTS)
def import_map(request, pk):
    batch = import_or_404(request, pk)
    sort, samples = sort_of(batch.subject), beginning_of(batch)
    form = ImportMapForm(request.POST or None, batch=batch, sort=sort, samples=samples)
    if form.is_valid():
        try:
            imports.name_columns(batch, sort=sort, **form.named, by=request.user, at=timezone.now())
            return redirect("scheduling:import_show", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"batch": batch, "form": form, "samples": samples[:5]}
    return render(request, "scheduling/import_map.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_IMPORTS)
@require_GET
def import_show(request, pk):
    batch = import_or_404(request, pk)
    shown = page_of(batch, show=request.GET.get("show", ""), page=request.GET.get("page"))
    shown |= {"form": ImportRunForm(batch=batch, alike=shown["counts"]["duplicate"])}
    return render(request, "scheduling/import_show.html", shown)


@staff(Permission.VIEW_IMPORTS)
@require_GET
def import_progress(request, pk):
    shown = told_of(import_or_404(request, pk))
    answer = render(request, "scheduling/_import_progress.html", shown)
    if not shown["batch"].is_at_work:
        answer["HX-Refresh"] = "true"
    return answer


@staff(Permission.VIEW_IMPORTS)
@require_GET
def import_wrong(request, pk):
    batch = import_or_404(request, pk)
    answer = StreamingHttpResponse(wrong_lines(batch), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-not-taken-in.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@staff(Permission.RUN_IMPORTS)
@require_POST
def import_run(request, pk):
    batch = import_or_404(request, pk)
    shown = page_of(batch)
    form = ImportRunForm(request.POST, batch=batch, alike=shown["counts"]["duplicate"])
    if form.is_valid():
        try:
            imports.run(batch, **form.wanted, by=request.user, at=timezone.now())
            return redirect("scheduling:import_show", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    return render(request, "scheduling/import_show.html", {**shown, "form": form}, status=422)


@staff(Permission.RUN_IMPORTS)
@require_POST
def import_decide(request, pk, line):
    batch = import_or_404(request, pk)
    row = get_object_or_404(batch.rows.select_related("batch"), line=line)
    form = ImportDecideForm(request.POST)
    if form.is_valid():
        try:
            imports.decide(row, decision=form.values["decision"], by=request.user, at=timezone.now())
            messages.success(request, _("Line %(line)s: noted.") % {"line": line})
        except Refused as refusal:
            messages.error(request, refusal.detail)
    return redirect(f"{reverse('scheduling:import_show', args=[pk])}?show=duplicate")


@staff(Permission.RUN_IMPORTS)
def import_undo(request, pk):
    batch = import_or_404(request, pk)
    form = ImportUndoForm(request.POST or None)
    if form.is_valid():
        try:
            imports.undo(batch, reason=form.values["reason"], by=request.user, at=timezone.now())
            return redirect("scheduling:import_show", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"batch": batch, "form": form}
    return render(request, "scheduling/import_undo.html", shown, status=422 if form.errors else 200)


@staff(Permission.RUN_IMPORTS)
@require_POST
def import_drop(request, pk):
    batch = import_or_404(request, pk)
    try:
        imports.drop(batch, by=request.user, at=timezone.now())
        messages.success(request, _("“%(title)s” is thrown away.") % {"title": batch.title})
    except Refused as refusal:
        messages.error(request, refusal.detail)
    return redirect("scheduling:import_list")
