"""What a patient may notice, in everyday words, and which side effect of the catalogue it is taken for at first."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Symptom:
    """Something a patient notices; `is_emergency` sends them to the emergency services at once."""

    slug: str
    words: str | Promise
    effect: str
    is_emergency: bool = False


EMERGENCIES = (
    Symptom("breathing", _("Trouble breathing, or a swollen face, lips or tongue"), "angioedema", True),
    Symptom("sight", _("I suddenly see less, or differently"), "vascular-occlusion", True),
    Symptom("white-skin", _("Skin that turned white, blue or black, with strong pain"), "skin-necrosis", True),
    Symptom("chest", _("Chest pain, or a racing or uneven heartbeat"), "palpitations", True),
    Symptom("seizure", _("A seizure, or loss of consciousness"), "seizure", True),
)
SAME_DAY = (
    Symptom("pus", _("Redness that spreads, heat or pus"), "infection"),
    Symptom("fever", _("Fever of 38 °C or more"), "fever"),
    Symptom("hives", _("Hives: itchy raised spots, also away from the injections"), "urticaria"),
    Symptom("wound", _("Blisters, or an open wound"), "skin-necrosis"),
    Symptom("lump", _("A lump that is new, grows, hurts or drains"), "nodule"),
    Symptom("crooked", _("A crooked smile, or weakness in a part of the body"), "nerve-injury"),
    Symptom("swallowing", _("Trouble swallowing"), "dysphagia"),
    Symptom("dent", _("A dent in the skin"), "lipoatrophy"),
)
OTHERS = (
    Symptom("pain", _("Pain where the needles went in"), "pain"),
    Symptom("tender", _("It is tender when touched"), "tenderness"),
    Symptom("swelling", _("Swelling, or the small bumps of the injections"), "swelling"),
    Symptom("redness", _("Redness that does not spread"), "redness"),
    Symptom("bruise", _("A bruise"), "haematoma"),
    Symptom("itch", _("Itching"), "itch"),
    Symptom("burning", _("Burning or stinging"), "burning"),
    Symptom("rash", _("A rash"), "rash"),
    Symptom("hard", _("A hard area"), "induration"),
    Symptom("numb", _("Numbness"), "numbness"),
    Symptom("tingling", _("Tingling"), "paraesthesia"),
    Symptom("dark", _("Dark spots"), "hyperpigmentation"),
    Symptom("light", _("Light patches"), "hypopigmentation"),
    Symptom("pimples", _("Pimples"), "acne"),
    Symptom("cold-sore", _("A cold sore"), "herpes-reactivation"),
    Symptom("scar", _("A scar"), "scar"),
    Symptom("shedding", _("More hair falls out"), "telogen-shedding"),
    Symptom("nausea", _("Feeling sick"), "nausea"),
    Symptom("dizzy", _("Dizziness"), "dizziness"),
    Symptom("headache", _("Headache"), "headache"),
    Symptom("tired", _("Tiredness"), "fatigue"),
)
SYMPTOMS = {each.slug: each for each in (*EMERGENCIES, *SAME_DAY, *OTHERS)}
GRADES: dict[str, tuple[str | Promise, int]] = {
    "mild": (_("A little: I notice it, and can do everything"), 1),
    "moderate": (_("It gets in the way of some things I do every day"), 2),
    "severe": (_("Strong: I cannot wash, dress or eat as usual, or I need a doctor now"), 3),
}
PARTS: dict[str, tuple[str | Promise, int]] = {
    "night": (_("at night"), 3),
    "morning": (_("in the morning"), 9),
    "afternoon": (_("in the afternoon"), 15),
    "evening": (_("in the evening"), 20),
    "unknown": (_("I do not know"), 12),
}
