from django.shortcuts import render
from django.utils import timezone

from accounts.access import Permission, staff


@staff(Permission.WORK_HERE)
def member_list(request):
    people = request.clinic.memberships.active().with_person()
    return render(request, "accounts/member_list.html", {"people": people, "today": timezone.localdate()})
