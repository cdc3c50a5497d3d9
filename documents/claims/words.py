"""The words by which promises are recognised, language by language, and those that show that none is meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The promises of one language by sort, and what takes a sentence out of them.

    `joints` part a sentence into clauses, `denial` says no before a promise, `false_denial` only seems to,
    `conditional` supposes, `elsewhere` speaks of another treatment, `harm` of something bad that lasts.
    """

    promises: Mapping[str, re.Pattern[str]]
    joints: re.Pattern[str]
    denial: re.Pattern[str]
    false_denial: re.Pattern[str]
    conditional: re.Pattern[str]
    elsewhere: re.Pattern[str]
    harm: re.Pattern[str]


def _words(promises: Mapping[str, str], **others: str) -> Words:
    compiled = {kind: re.compile(pattern) for kind, pattern in promises.items()}
    return Words(compiled, **{name: re.compile(pattern) for name, pattern in others.items()})


ENGLISH = _words(
    {
        "cure": r"\b(?:cures?|cured|curing|heals? (?:completely|for good)|miracle)\b",
        "permanent": r"\b(?:permanent(?:ly)?|forever|for good|for life|lifelong|lasting for ever|definitive(?:ly)?)\b",
        "guaranteed": r"\b(?:guarantee(?:s|d)?|guaranteeing|100 ?% (?:success|effective)|always works|never fails)\b",
        "painless": r"\b(?:painless(?:ly)?|pain[- ]free|without (?:any )?pain|no pain|does ?n[o']t hurt)\b",
        "no_side_effects": (
            r"\b(?:(?:no|without(?: any)?|zero|free (?:of|from))(?: \w+){0,2} side[- ]effects?"
            r"|(?:has|have|causes?) no(?: \w+)? (?:risks?|dangers?)|risk[- ]free|without (?:any )?risks?|no risks?"
            r"|side[- ]effect[- ]free|(?:completely|totally|absolutely|100 ?%|perfectly) (?:safe|harmless))\b"
        ),
        "natural_safe": (
            r"\bnatural\w*\b[^.]{0,50}?\b(?:so|therefore|hence|thus|and)\b[^.]{0,25}?\b(?:safe|harmless)\b"
            r"|\b(?:safe|harmless)\b[^.]{0,25}?\b(?:because|since|as)\b[^.]{0,40}?\bnatural\b"
        ),
    },
    joints=r",|\band\b|\bbut\b|\byet\b|\bwhile\b| - | – ",
    denial=(
        r"\b(?:not|no|never|nothing|nobody|none|neither|nor|cannot|without|hardly)\b|n't\b"
        r"|\bfar from\b|\bbeware of\b|\bany(?:body|one) who\b"
    ),
    false_denial=r"\bnot (?:only|just)\b|\bno (?:wonder|doubt|question)\b|\bnothing (?:but|less than)\b",
    conditional=r"^\s*(?:if|when|as long as|unless)\b",
    elsewhere=r"\b(?:liposuction|surgery|surgical|operation|hair transplant\w*|laser|electrolysis|facelift)\b",
    harm=(
        r"\bpermanent(?:ly)? (?:(?!without\b|no\b)\w+ ){0,2}"
        r"(?:scar|damage|harm|injur|loss of|hair loss|numb|dent|lump|weak|blind|mark|spot|discolo"
        r"|filler|implant|make-up)"
        r"|\b(?:scars?|scarring|damage|harm|injury|dents?|lumps?|spots?|numbness|weakness|loss of \w+|hair loss"
        r"|blindness|discolou?ration)\b(?: (?!without\b|no\b)\w+){0,5} permanent"
    ),
)
FRENCH = _words(
    {
        "cure": r"\b(?:guéri(?:t|r|ra|ront|e|es|s|ssent)?|guérison|remède miracle|miracle|miraculeu\w+)\b",
        "permanent": (
            r"\b(?:permanent(?:e|s|es)?|définiti(?:f|fs|ve|ves|vement)|de façon permanente"
            r"|pour toujours|à vie|à jamais)\b"
        ),
        "guaranteed": r"\b(?:garanti(?:e|s|es|r|t|ssons|ssent)?|garantie(?:s)?|100 ?% (?:efficace|de réussite))\b",
        "painless": r"\b(?:indolore(?:s)?|sans (?:aucune )?douleur|aucune douleur|ne fai(?:t|sant) pas mal)\b",
        "no_side_effects": (
            r"\b(?:(?:aucun|sans|sans aucun|zéro|pas d'|pas de)(?: ?\w+)? ?effets? (?:secondaires?|indésirables?)"
            r"|sans (?:aucun )?(?:risques?|danger)|aucun (?:risque|danger)|(?:totalement|parfaitement|absolument) "
            r"(?:sûr(?:e|s|es)?|inoffensi\w+))\b"
        ),
        "natural_safe": (
            r"\bnaturel(?:le|s|les)?\b[^.]{0,50}?\b(?:donc|ainsi|par conséquent|et)\b[^.]{0,25}?"
            r"\b(?:sûr(?:e|s|es)?|sans (?:danger|risque)|inoffensi\w+)\b"
            r"|\b(?:sûr(?:e|s|es)?|sans (?:danger|risque)|inoffensi\w+)\b[^.]{0,25}?\b(?:car|parce qu\w*'?|puisqu\w*'?)"
            r"[^.]{0,40}?\bnaturel"
        ),
    },
    joints=r",|\bet\b|\bmais\b|\btandis que\b| - | – ",
    denial=r"\b(?:pas|jamais|non|ni|aucun|aucune|rien|personne|sans|ne)\b|\bn'|\bloin d",
    false_denial=r"\bnon seulement\b|\bpas seulement\b|\bsans (?:aucun )?doute\b|\brien de moins\b",
    conditional=r"^\s*(?:si|s'|quand|lorsqu)",
    elsewhere=r"\b(?:liposuccion|chirurgie|chirurgica\w+|opération|greffe\w*|laser|électrolyse|lifting)\b",
    harm=(
        r"\b(?:cicatrices?|lésions?|dommages?|dégâts?|atteintes?|pertes? de \w+|chute de cheveux|engourdissement|creux"
        r"|bosses?|taches?|faiblesse|cécité|séquelles?|dépigmentation|produit de comblement|implants?|maquillage)\b"
        r"(?: (?!sans\b)\w+){0,5} (?:permanent|définiti|à vie|pour toujours)"
        r"|\b(?:permanente?|définitive) (?:\w+ )?de (?:la |l')?(?:vue|vision|peau|sensibilité|cheveux)"
    ),
)
SPANISH = _words(
    {
        "cure": r"\b(?:cura(?:n|r|rá|rán|do|da|ción)?|milagro\w*|remedio definitivo)\b",
        "permanent": (
            r"\b(?:permanentes?|permanentemente|definitiv(?:o|a|os|as|amente)|para siempre"
            r"|de por vida|para toda la vida)\b"
        ),
        "guaranteed": r"\b(?:garantiza(?:do|da|dos|das|r|n|mos)?|garantía(?:s)?|100 ?% (?:eficaz|efectivo|de éxito))\b",
        "painless": r"\b(?:indolor(?:o|a|os|as)|sin (?:ningún )?dolor|ningún dolor|no duele)\b",
        "no_side_effects": (
            r"\b(?:(?:sin|ningún|cero|libre de|exento de|no (?:tiene|hay|produce|causa|provoca))(?: \w+)? "
            r"efectos? (?:secundarios?|adversos?|indeseables?)|sin (?:ningún )?(?:riesgos?|peligro)"
            r"|ningún (?:riesgo|peligro)"
            r"|(?:totalmente|completamente|absolutamente) (?:segur[oa]s?|inofensiv[oa]s?))\b"
        ),
        "natural_safe": (
            r"\bnatural(?:es)?\b[^.]{0,50}?\b(?:por (?:lo )?tanto|por eso|por ello|así que|luego|y)\b[^.]{0,25}?"
            r"\b(?:segur[oa]s?|inofensiv[oa]s?|sin (?:riesgo|peligro))\b"
            r"|\b(?:segur[oa]s?|inofensiv[oa]s?)\b[^.]{0,25}?\b(?:porque|ya que|pues)\b[^.]{0,40}?\bnatural"
        ),
    },
    joints=r",|\by\b|\bpero\b|\bmientras\b| - | – ",
    denial=r"\b(?:no|nunca|jamás|ni|nada|nadie|ningún|ninguna|tampoco|sin|lejos de)\b",
    false_denial=r"\bno (?:solo|sólo|solamente)\b|\bsin (?:ninguna )?duda\b|\bnada menos\b",
    conditional=r"^\s*(?:si|cuando|mientras)\b",
    elsewhere=(
        r"\b(?:liposucción|cirugía|quirúrgic\w+|operación|trasplante\w*|injerto\w*|láser|electrólisis"
        r"|estiramiento)\b"
    ),
    harm=(
        r"\b(?:cicatri(?:z|ces)|lesi(?:ón|ones)|daños?|pérdida de \w+|caída del (?:cabello|pelo)"
        r"|entumecimiento|hundimientos?"
        r"|bultos?|manchas?|debilidad|ceguera|secuelas?|rellenos?|implantes?|maquillaje)\b"
        r"(?: (?!sin\b)\w+){0,5} (?:permanente|definitiv|de por vida|para siempre)"
        r"|\bpermanente de (?:la |el )?(?:vista|visión|piel|sensibilidad|cabello)"
    ),
)
LANGUAGES = {"en": ENGLISH, "fr": FRENCH, "es": SPANISH}
