"""A skops file: a scikit-learn estimator as data, loaded if every type in it is one that skops trusts by itself.

No further type is ever trusted, and no other loader takes over where skops refuses.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.models.estimator import loaded, object_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.models.model import Model

MOST_BYTES = 1 << 30  # of all entries together, unpacked
MOST_ENTRIES = 1 << 16


def skops_model(
    data: bytes,
    *,
    name: str,
    features: Sequence[str] | None = None,
    positive: object = None,
    cut: bool = False,
) -> Model:
    """Return a model from the bytes of a skops file.

    Parameters
    ----------
    data : bytes
    name : str
    features, positive, cut
        As `object_model` takes them.

    Raises
    ------
    FairwitnessError
        skops is not installed; a damaged archive, one that unpacks to more than 1 GiB or whose entries have paths;
        types that are not trusted.

    References
    ----------
    CVE-2024-37065, CVE-2025-54412, CVE-2025-54886: types trusted by mistake, and a silent way back to joblib.
    """
    try:
        import skops.io as skops
    except ImportError:
        raise FairwitnessError(
            f"{name}: a skops file needs skops. Install it: pip install 'fairwitness[skops]'."
        ) from None
    _check(data, name)
    try:
        strange = skops.get_untrusted_types(data=data)
        estimator, facts = (None, {}) if strange else loaded(lambda: skops.loads(data, trusted=[]))
    except Exception as error:  # noqa: BLE001 -- what a malformed schema raises is not documented
        kind = printable(type(error).__name__)
        raise FairwitnessError(
            f"{name}: skops does not load this file ({kind}). Save the estimator anew, with versions of skops and "
            "scikit-learn near those installed here."
        ) from None
    if strange:
        raise FairwitnessError(
            f"{name}: holds what skops does not trust by itself: {listed(strange)}. Nothing further is trusted here. "
            "Export the model as ONNX, or serve it behind an address or a command."
        )
    made = object_model(
        estimator,
        name=name,
        kind="skops",
        sha256=sha256(data).hexdigest(),
        features=features,
        positive=positive,
        cut=cut,
    )
    return replace(made, facts={**made.facts, **facts})


def _check(data: bytes, name: str) -> None:
    """Refuse an archive whose entries climb out of it, hide behind one another or unpack beyond measure."""
    climbing, size, count = [], 0, 0
    try:
        for entry in _entries(data):
            climbing += [entry.filename] if set(entry.filename) & set("/\\:") or entry.filename in ("", "..") else []
            size, count = size + entry.file_size, count + 1
            if size > MOST_BYTES or count > MOST_ENTRIES:
                break
    except Exception:  # noqa: BLE001 -- of a damaged archive, zipfile raises a dozen kinds
        raise FairwitnessError(f"{name}: the archive is cut off or damaged. Fetch it again.") from None
    if climbing:
        raise FairwitnessError(
            f"{name}: entries with a path: {listed(climbing)}. A skops file has none. Save the estimator anew."
        )
    if size > MOST_BYTES or count > MOST_ENTRIES:
        raise FairwitnessError(
            f"{name}: unpacks to more than {MOST_BYTES >> 30} GiB or {MOST_ENTRIES:,} entries. Serve the model behind "
            "an address or a command."
        )


def _entries(data: bytes) -> Iterator[zipfile.ZipInfo]:
    """Yield what an archive says of its entries, and of those of archives in it (sparse matrices are some)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(set(names)) < len(names):
            raise zipfile.BadZipFile
        for entry in archive.infolist():
            yield entry
            with archive.open(entry) as file:
                inner = file.read(2) == b"PK"
            if inner:
                yield from _entries(archive.read(entry))
