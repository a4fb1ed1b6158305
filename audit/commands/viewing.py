"""Who will read it: the internal view shows all; the public one nothing that rests on fewer than ten people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, quoted

if TYPE_CHECKING:
    from fairwitness.audit.result import AuditResult

VIEWS = ("internal", "public")


def wants_public(view: str | None) -> bool:
    """Tell whether the public view is wanted: what ``--view`` says, else public where ``CI`` is set.

    Raises
    ------
    FairwitnessError
        No such view.
    """
    from fairwitness.audit.disclosure import in_public

    if view not in (None, *VIEWS):
        raise FairwitnessError(f"--view: no view {quoted(view)}. Give {' or '.join(VIEWS)}.")
    return view == "public" or (view is None and in_public())


def in_public_view(result: AuditResult) -> AuditResult:
    """Return the audit of the same decisions with small groups merged.

    Raises
    ------
    FairwitnessError
        Every group rests on fewer than ten people.
    """
    from fairwitness.audit.public_view import public_view

    shown = public_view(result)
    if shown is None:
        raise FairwitnessError(
            "Nothing can be shown in public: every group rests on a count under 10. Where only those may read who may "
            "read the decisions, give --view internal."
        )
    return shown
