"""The cheapest page that reads one row."""

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path


def one_row(request: HttpRequest) -> JsonResponse:
    """Read one row by its key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM accounts_clinic WHERE id = %s", [1])
        row = cursor.fetchone()
    return JsonResponse({"row": row})


urlpatterns = [path("row/", one_row)]
application = get_wsgi_application()
