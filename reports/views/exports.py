from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, demand, staff
from common.refused import Refused
from reports.actions import exports
from reports.tables.catalogue import REPORTS
from reports.tables.files import handed_out
from reports.tables.writing import progress_of

MOST = 50


@staff(Permission.WORK_HERE)
def export_list(request):
    rows = request.clinic.exports.of(request.user).newest_first()[:MOST]
    return render(request, "reports/export_list.html", {"exports": [shown_of(each) for each in rows]})


@staff(Permission.WORK_HERE)
def export_count(request):
    count = request.clinic.exports.of(request.user).unseen().count()
    return render(request, "reports/_export_count.html", {"count": count})


@staff(Permission.WORK_HERE)
def export_show(request, pk):
    export = export_or_404(request, pk)
    if export.seen_at is None and not export.is_under_way:
        exports.see(export, by=request.user, at=timezone.now())
    return render(request, "reports/export_show.html", shown_of(export))


@staff(Permission.WORK_HERE)
def export_progress(request, pk):
    return render(request, "reports/_export_progress.html", shown_of(export_or_404(request, pk)))


@staff(Permission.WORK_HERE)
@require_POST
def export_cancel(request, pk):
    try:
        exports.cancel(export_or_404(request, pk), by=request.user, at=timezone.now())
        messages.success(request, _("The file is not written any more."))
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect("reports:export_show", pk)


@staff(Permission.WORK_HERE)
def export_file(request, pk):
    export = export_or_404(request, pk)
    demand(request, [REPORTS[export.report].permission])
    try:
        taken = exports.take(export, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("reports:export_show", pk)
    return handed_out(default_storage.open(taken.file), taken.report, taken.form)


def export_or_404(request, pk):
    """A file that this member asked for: it is nobody else's."""
    export = get_object_or_404(request.clinic.exports.of(request.user), pk=pk)
    if export.report not in REPORTS:
        raise Http404
    return export


def shown_of(export):
    return {"export": export, "report": REPORTS.get(export.report), "progress": progress_of(export)}
