import hashlib
import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import anyone

SHELL = ("bootstrap/css/bootstrap.min.css", "theme.css", "shell.css", "components.css", "brand/mark.svg")


@anyone
@require_safe
@cache_control(max_age=3600)
def manifest(request):
    shown = {
        "id": reverse("portal:home"),
        "name": "Patient portal",
        "short_name": "Portal",
        "start_url": reverse("portal:home"),
        "scope": reverse("portal:welcome"),
        "display": "standalone",
        "background_color": "#fbfaf8",
        "theme_color": "#0d6b66",
        "icons": [
            {"src": static("brand/mark-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("brand/maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    }
    return JsonResponse(shown, content_type="application/manifest+json")


@anyone
@require_safe
@cache_control(no_cache=True)
def worker(request):
    shell = [reverse("portal:offline"), *(static(name) for name in SHELL)]
    shown = {"shell": json.dumps(shell), "version": hashlib.sha256(repr(shell).encode()).hexdigest()[:16]}
    return HttpResponse(render_to_string("portal/worker.js", shown), content_type="text/javascript; charset=utf-8")


@anyone
@require_safe
def offline(request):
    return render(request, "portal/offline.html")
