"""What a page was handed to read in the place of files: a worker far from the records has nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpilib.records.share import Share

_SHARES: dict[tuple[str, str], Share] = {}


def hand(share: Share) -> None:
    """Let this process read a framework's records, in the share's edition, from the share alone."""
    _SHARES[share.ledger.framework.slug, share.ledger.edition] = share


def handed(framework: str, edition: str | None = None) -> Share | None:
    """Give the share of a framework that this process was handed, of an edition where one is named; else none."""
    for (slug, of), share in _SHARES.items():
        if slug == framework and edition in (None, of):
            return share
    return None
