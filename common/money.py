"""Amounts of money: two decimals, half up, one currency per owner."""

from decimal import Decimal

from common.decimals import half_up


def amount(value: Decimal | int | str) -> Decimal:
    """Round an amount to cents, half up."""
    return half_up(Decimal(value), 2)
