"""The characters that stand for masked names and measures, so that no trigger is read inside one.

Private-use characters replace the text one for one: spans in masked text are spans in the content.
"""

from __future__ import annotations

MASKS = {
    kind: chr(0xE000 + index)
    for index, kind in enumerate(("org", "authority", "person", "money", "quantity", "rate"))
}
TRIGGER = "\ue010"
# One character of a masked organisation, authority or not, as a regular expression.
ORG = f"[{MASKS['org']}{MASKS['authority']}]"
