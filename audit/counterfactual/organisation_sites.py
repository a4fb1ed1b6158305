"""Where an organisation that the user names is in a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fairwitness.audit.counterfactual.templates import Site, Sites

if TYPE_CHECKING:
    from collections.abc import Collection

SEVERAL = "it names more than one of the organisations"
LONGER_NAME = "the organisation's name may be part of a longer one"


def organisation_sites(text: str, organisations: Collection[str]) -> Sites:
    """Return the places of the one organisation, of those named, that a text holds.

    The longest name that fits is taken (*Women's Chess Club* before *Chess Club*), in any capitals, over any blanks.
    Where a capitalised word stands directly beside it (*State Chess Club*), it may be another organisation, and the
    text is not rewritten; so if it names two of them.

    Parameters
    ----------
    text : str
        A résumé, or a cell that holds affiliations.
    organisations : collection of str
        All of them, of all groups.

    Examples
    --------
    >>> organisation_sites("Treasurer, Chess Club", ["Women's Chess Club", "Chess Club"]).at
    (Site(start=11, end=21, slot='affiliation'),)
    """
    longest_first = sorted({" ".join(o.split()) for o in organisations}, key=lambda o: (-len(o), o))
    spelled = "|".join(
        r"\s+".join(re.escape(word).replace("'", "['\u2019]") for word in o.split()) for o in longest_first
    )
    found = list(re.finditer(rf"(?<!\w)(?:{spelled})(?!\w)", text, re.IGNORECASE))
    if len({" ".join(m[0].replace("\u2019", "'").split()).casefold() for m in found}) > 1:
        return Sites(because=SEVERAL)
    for match in found:
        before = re.search(r"(\w)[\w'\u2019-]*[ \t]\Z", text[max(0, match.start() - 60) : match.start()])
        after = re.match(r"[ \t](\w)", text[match.end() : match.end() + 2])
        if (before and before[1].isupper()) or (after and after[1].isupper()):
            return Sites(because=LONGER_NAME)
    return Sites(tuple(Site(m.start(), m.end(), "affiliation") for m in found))
