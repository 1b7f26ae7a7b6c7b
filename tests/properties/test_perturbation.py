"""A truth that nobody draws, from programs run in SQLite.

They run with one column's values changed, and what changes then must have an edge.

`bench/perturbation.py` runs many more of them, and asks the other way round too: which edges never
show.
"""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.vocabulary import Subtype

from .perturbation_engine import UnfitError
from .perturbation_law import drawn, examine, report_of, witnesses

_PROGRAMS = 100
_SHARES = 10


@pytest.mark.parametrize("share", range(_SHARES))
def test_what_changes_has_an_edge_from_what_was_changed(share: int) -> None:
    changes = 0
    for seed in range(share, _PROGRAMS, _SHARES):
        try:
            finding = examine(drawn(seed), seed, seeds=1)
        except UnfitError:
            continue
        assert finding.diagnostics == [], report_of(finding)
        assert finding.missed == [], report_of(finding)
        changes += finding.changes
    assert changes > 10 * _PROGRAMS // _SHARES  # the programs do something


def test_an_edge_that_is_taken_away_is_missed() -> None:
    """Not always: another edge may lead there too.

    But a kind of edge that never was would be report_of soon.
    """
    counts = dict.fromkeys(Subtype, 0)
    for seed in range(0, _PROGRAMS, 4):
        for subtype in witnesses(drawn(seed), seed):
            counts[subtype] += 1
    assert all(
        counts[subtype]
        for subtype in (Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION, Subtype.JOIN)
    ), counts
    assert counts[Subtype.FILTER], counts
