"""Read every issued paper again and name the place where a seal is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.models import Document, TemplateVersion
from documents.pdfs import flaws_of_document, flaws_of_version


class Command(BaseCommand):
    help = "Check the fingerprints of words, papers, signatures and files; ends with an error where one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for version in TemplateVersion.objects.select_related("template").order_by("pk").iterator(200):
            broken += self.say(f"template version {version.pk}", flaws_of_version(version))
        papers = Document.objects.select_related("template_version").prefetch_related("signatures").order_by("pk")
        count = 0
        for document in papers.iterator(200):
            count += 1
            broken += self.say(
                f"document {document.number} of clinic {document.clinic_id}", flaws_of_document(document)
            )
        if broken:
            raise CommandError(f"{broken} broken seals.")
        self.stdout.write(f"{count} papers, every seal holds.")

    def say(self, place: str, flaws: list[str]) -> int:
        for flaw in flaws:
            self.stderr.write(f"{place}: {flaw}")
        return len(flaws)
