"""Agreement: whether people who stand in both releases bear the same labels there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fairwitness.audit.comparing.matching import replaced
from fairwitness.audit.counting.cells import group
from fairwitness.audit.counting.roles import Roles
from fairwitness.audit.counting.vocabulary import label_meanings
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.engine import lazy

if TYPE_CHECKING:
    import pyarrow as pa

    from fairwitness.audit.counting.roles import Decisions

Values = Counter[tuple[str | None, str | None]]  # of this release and of the last


def disagreements(both: pa.Table, base: Decisions, new: Decisions) -> list[str]:
    """Return what must be said of attributes and outcomes that differ between the releases; the new release's count.

    Parameters
    ----------
    both : pyarrow.Table
        Of `matched`, the units that stand in both.
    base, new : Decisions

    Raises
    ------
    FairwitnessError
        More than half differ: they can hardly be the same people, or the labels are written in another way.
    """
    found = []
    shared = [(i, name) for i, name in enumerate(new.roles.protected) if name in base.roles.protected]
    pairs = [(name, _attribute_pairs(both, i, name, new.roles)) for i, name in shared]
    if new.roles.label and base.roles.label:
        pairs.append((new.roles.label, _label_pairs(both, base.roles, new.roles)))
    for name, counts in pairs:
        known = sum(n for (now, old), n in counts.items() if now is not None and old is not None)
        other = sum(n for (now, old), n in counts.items() if now is not None and old is not None and now != old)
        if 2 * other > known:
            raise FairwitnessError(
                f"{quoted(name)}: of {known:,} people in both releases {other:,} have another value in "
                f"{printable(base.loaded.name)}, more than half. Either the unit ({listed(base.roles.unit)}) does not "
                "name the same people: name another; or the values are written in another way: leave the column out "
                "of that file, and those of this release count."
            )
        if other:
            found.append(
                f"{quoted(name)}: of {known:,} people in both releases {other:,} have another value in the last "
                "release's data; this release's count."
            )
    return found


def _attribute_pairs(both: pa.Table, i: int, name: str, roles: Roles) -> Values:
    import pyarrow as pa

    frame = lazy(pa.table({"c0": both[f"a{i}"], "c1": both[f"old_a{i}"]}))
    bins = {column: roles.bins[name] for column in ("now", "then") if name in roles.bins}
    cells = group(frame, Roles(("now", "then"), bins=bins, unknown=roles.unknown), None, name)
    found: Values = Counter()
    for (now, then, *_), count in cells.counts.items():
        found[None if now is None else str(now), None if then is None else str(then)] += count.n
    return found


def _label_pairs(both: pa.Table, base: Roles, new: Roles) -> Values:
    meant = []
    for column, roles in (("label", new), ("old_label", base)):
        seen = {entry["values"]: entry["counts"] for entry in both[column].value_counts().to_pylist()}
        meanings = label_meanings(seen, str(roles.label), positive=roles.label_positive, unknown=roles.unknown)
        meant.append(replaced(both[column], meanings).to_pylist())
    return Counter(zip(*meant, strict=True))
