from django.contrib import messages as notes
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.refused import Refused
from messaging.actions import templates
from reminders.forms.words import WordsForm
from reminders.rules import heartbeat, wording
from reminders.rules.words_known import NAMES
from reminders.tables.words import lines_of, shown_to


@staff(Permission.VIEW_MESSAGES)
def words_list(request):
    shown = {"lines": lines_of(request.clinic), "pulse": heartbeat.pulse_of(request.clinic, timezone.now())}
    return render(request, "reminders/words_list.html", shown)


@staff(Permission.DRAFT_TEMPLATES)
def words_edit(request, words, language):
    if words not in NAMES or language not in wording.LANGUAGES:
        raise Http404
    draft = request.clinic.message_templates.drafts().filter(words=words, language=language).first()
    said, version = wording.words_of(request.clinic, words, language)
    start = {"subject_line": said["subject"], "text": said["text"].strip(), "sms": said["sms"]}
    if draft:
        start = {"subject_line": draft.subject_line, "text": draft.text, "sms": draft.sms}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=start, words=words)
    if form.is_valid():
        try:
            save(request, form, words, language)
            return redirect("reminders:words_edit", words, language)
        except Refused as refused:
            form.add_refusal(refused)
    current = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else start
    preview = {**said, "subject": current.get("subject_line", ""), **{k: current.get(k, "") for k in ("text", "sms")}}
    shown = {
        "form": form,
        "name": NAMES[words],
        "language": language,
        "draft": draft,
        "version": version,
        "known": sorted(wording.KNOWN[words]),
        "may_publish": may(request.membership, Permission.PUBLISH_TEMPLATES),
        "preview": shown_to(request.clinic, words, language, preview, timezone.now()),
    }
    return render(request, "reminders/words_edit.html", shown, status=422 if form.errors else 200)


def save(request, form, words, language):
    said = {name: form.cleaned_data[name] for name in ("subject_line", "text", "sms")}
    draft = templates.draft(request.clinic, words=words, language=language, **said, by=request.user, at=timezone.now())
    if request.POST.get("publish") and may(request.membership, Permission.PUBLISH_TEMPLATES):
        templates.publish(draft, by=request.user, at=timezone.now())
        notes.success(request, _("In force: messages written from now on use these words."))
    else:
        notes.success(request, _("Kept as a draft; nothing uses it yet."))
