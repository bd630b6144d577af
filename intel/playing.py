"""That an account plays the part that a judgement is made of: a courier, or a client."""

from __future__ import annotations

from intel.model import Account, Role
from intel.refusal import Refusal

_WORDS = {Role.COMPETITOR: "courier", Role.CLIENT: "client"}


class WrongRole(Refusal, ValueError):
    """An account of another role than was asked for; the message says which it has."""


def playing(account: Account, role: Role) -> Account:
    """The account, if it has the role (competitor or client). Raises WrongRole."""
    if account.role is not role:
        raise WrongRole(f"{account.name} ({account.id}) is no {_WORDS[role]}: its role is {account.role}")
    return account
