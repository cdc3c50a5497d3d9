from django.shortcuts import get_object_or_404, render

from accounts.access import Permission, staff


@staff(Permission.VIEW_DOCUMENTS)
def template_list(request):
    versions = request.clinic.template_versions.in_order()
    return render(request, "documents/template_list.html", {"versions": versions})


@staff(Permission.VIEW_DOCUMENTS)
def template_show(request, pk):
    version = get_object_or_404(request.clinic.template_versions.in_order(), pk=pk)
    return render(request, "documents/template_show.html", {"version": version})
