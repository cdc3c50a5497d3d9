from django.shortcuts import redirect

from accounts.access import Permission, staff
from clinic.navigation import RAIL, links


@staff(Permission.WORK_HERE)
def home(request):
    places = links(RAIL, request.membership, request.path)
    return redirect(places[0]["url"] if places else "accounts:member_list")
