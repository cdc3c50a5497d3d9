"""What every page may know of the house itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    return {"is_demo": not settings.IN_PRODUCTION, "product_name": "Mesotherapy Clinic"}
