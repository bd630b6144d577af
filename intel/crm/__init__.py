"""Messages into the CRM: a vendor is one file in `intel/crm/vendors`, found by its name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from pydantic import ValidationError

from intel.crm import vendors
from intel.crm.connector import BadDestination, Connector


@cache
def names() -> tuple[str, ...]:
    """The vendors there are."""
    return tuple(sorted(module.name for module in iter_modules(vendors.__path__)))


def chosen(text: str) -> tuple[str, ...]:
    """The vendors that INTEL_CRM names, joined by commas. Raises BadDestination for one that there is not."""
    found = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in found:
        if name not in names():
            raise BadDestination(f"INTEL_CRM names {name!r}; there are {', '.join(names())}")
    return found


def connect(name: str, briefings: Path) -> Connector:
    """The connector of a vendor, from its environment variables. Raises BadDestination for a lack in them.

    `briefings` is the folder of written briefings.
    """
    module = import_module(f"{vendors.__name__}.{name}")
    try:
        made: Connector = module.connect(briefings)
    except ValidationError as error:
        # Not the error's own words: they hold what was given.
        wrong = ", ".join(
            f"INTEL_CRM_{name}_{'_'.join(map(str, one['loc']))}".upper() for one in error.errors()
        )
        raise BadDestination(f"not as it should be: {wrong}") from None
    return made
