"""Fails when a model changed without a migration, or an app has two leaves. Needs no database."""

import os
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")

import django

django.setup()

from django.core.management import call_command

call_command("makemigrations", check=True, dry_run=True, interactive=False)
