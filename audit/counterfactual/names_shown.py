"""Which names are shown for a group, with the shares of their bearers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.counterfactual.pronouns import HONORIFICS, pronoun_values
from fairwitness.audit.counterfactual.shown import Groups, Shown, Variant
from fairwitness.audit.counterfactual.templates import plain
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.datasets.name_draws import choose, choose_alike
from fairwitness.datasets.names import RACES, SEXES, experiment_names, shares_of, signalled_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.counterfactual.pronouns import Pronouns
    from fairwitness.audit.counterfactual.swaps import NameSwap
    from fairwitness.datasets.names import Race, Sex, SignalledName

PRONOUNS_OF: Mapping[str, Pronouns] = {"female": "she", "male": "he"}
MOSTLY = 0.95  # a name of one's own goes with the pronouns of a sex that so many of its bearers have
EXPERIMENT = "Bertrand and Mullainathan (2004), doi:10.1257/0002828042002561; shares: "


class Signal(NamedTuple):
    """What a group's names are to signal."""

    race: Race | None
    sex: Sex | None


def names_shown(swap: NameSwap, groups: tuple[str, ...] | None, seed: int) -> Groups:
    """Return the names that are shown for each group.

    Raises
    ------
    FairwitnessError
        A group that is no race and sex, or too few names for it.
    """
    if isinstance(swap.names, Mapping):
        return _own(swap, swap.names, groups or tuple(swap.names), seed)
    labels = groups or tuple(swap.groups)
    signals = [signal_of(label) for label in labels]
    try:
        drawn, notes = _drawn(swap, signals, seed)
        surnames = [_surnames(swap, signal, [len(d) for d in drawn], seed + g) for g, signal in enumerate(signals)]
    except ValueError as error:
        raise FairwitnessError(f"Names for {listed(labels)} cannot be drawn. {error}") from None
    shown = [
        _shown(g, name, surname, signals[g], EXPERIMENT if swap.names == "experiment" else "")
        for g, names in enumerate(drawn)
        for name, surname in zip(names, surnames[g], strict=False)
    ]
    return Groups(labels, tuple(shown), tuple(notes))


def signal_of(label: str) -> Signal:
    """Return the race and the sex that a group's label names.

    Raises
    ------
    FairwitnessError
        Other words, or no sex: names of a race signal a sex as well, and a group of both would mix the two.

    Examples
    --------
    >>> signal_of("black female"), signal_of("male").race
    (Signal(race='black', sex='female'), None)
    """
    words = label.split()
    race = [word for word in words if word in RACES]
    sex = [word for word in words if word in SEXES]
    if len(sex) != 1 or len(race) > 1 or len(race) + 1 != len(words):
        raise FairwitnessError(
            f"The group {quoted(label)} is no signal of a name. Say a sex ({listed(SEXES)}), and before it a race if "
            f"one is meant ({listed(RACES)}). A race alone would mix women's and men's names."
        )
    return Signal(race[0] if race else None, sex[0])


def _drawn(swap: NameSwap, signals: Sequence[Signal], seed: int) -> tuple[Sequence[Sequence[SignalledName]], list[str]]:
    if swap.names == "experiment":
        sent = [experiment_names(s.race or "", s.sex or "") for s in signals]  # type: ignore[arg-type] # it refuses ""
        return [choose(names, min(swap.names_per_group, len(names)), seed=seed) for names in sent], []
    find = partial(signalled_names, at_least=swap.at_least, sex_at_least=swap.sex_at_least, also_words=False)
    found = [[name for name in find(s.race, s.sex) if name.count >= swap.bearers] for s in signals]
    if swap.draw != "alike":
        weighted = swap.draw == "weighted"
        note = "Names are drawn without regard to how common they are in the other groups."
        drawn = [choose(f, swap.names_per_group, seed=seed + g, weighted=weighted) for g, f in enumerate(found)]
        return drawn, [note]
    drawn_alike = choose_alike(found, swap.names_per_group, seed=seed, within=swap.within)
    widest = max(max(n.count for n in k) / min(n.count for n in k) for k in zip(*drawn_alike, strict=True))
    note = (
        f"The names of the groups are about as common: in each set, the most common has at most {widest:.2f} times the "
        f"bearers of the rarest ({swap.within:g} allowed)."
    )
    return drawn_alike, [note]


def _surnames(swap: NameSwap, signal: Signal, sizes: Sequence[int], seed: int) -> list[SignalledName | None]:
    """Return a surname for each first name, each used as often as the others; None where they stay."""
    n = max(sizes)
    if not swap.change_surname:
        return [None] * n
    if signal.race is None:
        raise ValueError("Surnames signal a race, and a group names none. Leave out change_surname.")
    there = signalled_names(signal.race, kind="last")
    drawn = choose(there, min(n, len(there)), seed=seed)
    return [drawn[i % len(drawn)] for i in range(n)]


def _shown(g: int, first: SignalledName, last: SignalledName | None, signal: Signal, source: str) -> Shown:
    label = f"{first.name} {last.name}" if last else first.name
    variant = Variant(g, label, _shares(first, signal), source + first.source)
    return Shown(variant, _slots(first.name, last.name if last else None, PRONOUNS_OF.get(str(signal.sex))))


def _own(swap: NameSwap, names: Mapping[str, Sequence[str]], labels: tuple[str, ...], seed: int) -> Groups:
    """Return the user's own names; more than are asked for are drawn from, equally likely."""
    import numpy as np

    shown: list[Shown] = []
    for g, label in enumerate(labels):
        given = names.get(label)
        if given is None or isinstance(given, str) or not given or not all(isinstance(n, str) and n for n in given):
            raise FairwitnessError(
                f"There is no list of names for the group {quoted(label)}; there are groups {listed(names)}."
            )
        distinct = sorted(set(given), key=list(given).index)
        if len(distinct) > swap.names_per_group:
            at = np.random.default_rng(seed + g).choice(len(distinct), swap.names_per_group, replace=False)
            distinct = [distinct[i] for i in sorted(at)]
        shown += [_own_shown(g, name, label) for name in distinct]
    return Groups(labels, tuple(shown), ("The names were given by the user of this toolkit.",))


def _own_shown(g: int, name: str, label: str) -> Shown:
    said = shares_of(name)
    try:
        signal = signal_of(label)
    except FairwitnessError:
        signal = Signal(None, None)
    shares = _shares(said, signal) if said else {}
    sex = signal.sex or next((s for s in SEXES if said and said.sex[s] >= MOSTLY), None)
    source = said.source if said and shares else None
    return Shown(Variant(g, name, shares or None, source), _slots(name, None, PRONOUNS_OF.get(str(sex))))


def _shares(name: SignalledName, signal: Signal) -> dict[str, float]:
    """Return the shares of a name's bearers that are of the race and the sex it is to signal."""
    shares: dict[str, float] = {}
    if signal.race:
        shares[signal.race] = name.race[signal.race]
    if signal.sex:
        shares[signal.sex] = name.sex[signal.sex]
    return shares


def _slots(first: str, last: str | None, pronouns: Pronouns | None) -> dict[str, str]:
    slots = _of_name("first", first) | (_of_name("last", last) if last else {})
    if pronouns:
        slots |= {**pronoun_values(pronouns), "honorific": HONORIFICS[pronouns]}
    return slots


def _of_name(which: str, name: str) -> dict[str, str]:
    """Return the slots of one name: in sentences, in addresses, its initial, and before a noun that it owns."""
    handle = "".join(c for c in plain(name) if c.isalpha())
    return {
        f"{which}_name": name,
        f"{which}_handle": handle,
        f"{which}_initial": handle[:1].upper(),
        f"{which}_name_possessive": f"{name}'" if name.lower().endswith("s") else f"{name}'s",
    }
