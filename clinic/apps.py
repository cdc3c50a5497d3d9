from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ClinicConfig(AppConfig):
    name = "clinic"


class StaticFiles(StaticFilesConfig):
    """What packages ship and no page of ours asks for is not gathered."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.rtl.css",
        "bootstrap-grid*",
        "bootstrap-reboot*",
        "bootstrap-utilities*",
        "htmax-*",
        "redoc",
        "rest_framework",
    ]
