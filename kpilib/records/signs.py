"""Signs that a text may not hold: what nobody sees, what turns a line about, and Excel's words for errors."""

from __future__ import annotations

import re
import unicodedata

REFUSED = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
EXCEL_ERROR = (
    r"(?i:#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|ERROR!"
    r"|GETTING_DATA)|Err:[0-9]{3})"
)
# Unicode's Default_Ignorable_Code_Point, and spaces; the blank of Braille looks like one.
_UNSEEN = (
    r"[\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
UNSEEN = rf"{_UNSEEN}+"  # of a whole text: nobody sees anything of it
_WHOLLY_UNSEEN = re.compile(UNSEEN)


def seen(text: str) -> str:
    """Give a text without the spaces around it; nothing, where nobody would see anything of it."""
    return "" if _WHOLLY_UNSEEN.fullmatch(text) else text.strip()


def is_excel_error(text: str) -> bool:
    """Say whether a cell holds what Excel writes in the place of a result that it cannot give."""
    return bool(re.fullmatch(EXCEL_ERROR, text.strip()))


def excel_error(text: str) -> tuple[str, str]:
    """Say what is wrong with a cell that holds such an error, and what to do."""
    return f"{text!r} is an error of Excel's", "Mend the formula that it came from, and write what it should give."


def refused(text: str) -> tuple[str, str] | None:
    """
    Say what is wrong where a text holds a sign that controls how text is shown, and what to do.

    A soft hyphen or a joiner within a word is none: typesetting and some scripts need them.
    """
    found = re.search(REFUSED, text)
    if not found:
        return None
    name = unicodedata.name(found[0], "a control character")
    problem = f"holds U+{ord(found[0]):04X} {name}, a sign that cannot be printed"
    return problem, "Type the text anew, or paste it as plain text."
