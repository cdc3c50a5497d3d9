"""Telephone numbers: typed as people say them, kept as E.164, shown as the reader's country writes them."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def region_of(jurisdiction: str, phone: str = "") -> str | None:
    """Give the country whose numbers need no prefix: the jurisdiction ("ES", "ES-CT"), else that of a known number."""
    country = jurisdiction.partition("-")[0].upper()
    if country in phonenumbers.SUPPORTED_REGIONS:
        return country
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone, None))
    except NumberParseException:
        return None


def to_e164(text: str, region: str | None) -> str:
    """Read a number in any usual spelling, "612 34 56 78" or "+34 612345678"; ValueError where it cannot be one."""
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(e164: str, region: str | None) -> str:
    """Write a number the way its own country does, with the prefix for a reader elsewhere."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(number) == region
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)
