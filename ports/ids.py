"""Ids that others made, and that come back to us by way of players: texts that everybody reads alike."""

import re
import unicodedata

LONGEST = 200
"""Characters of a reward's id."""

_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def flaw(text: str) -> str | None:
    """What is wrong with a text that two readers may not understand alike: control and direction characters, halves of
    surrogate pairs, and other spellings than Unicode's form NFC. None if nothing is.
    """
    unwanted = _UNWANTED.search(text)
    if unwanted:
        return f"text has no place for the character U+{ord(unwanted.group()):04X}"
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        return "text is in Unicode's normal form C (NFC)"
    return None


def reward_id(id: str) -> str:
    """The id of a reward, if a player's client can name it. Raises `ValueError`."""
    if not 1 <= len(id) <= LONGEST:
        raise ValueError(f"the id of a reward has 1 to {LONGEST} characters")
    wrong = flaw(id)
    if wrong is not None:
        raise ValueError(f"the id of a reward: {wrong}")
    return id
