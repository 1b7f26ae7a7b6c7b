"""The table of behaviours has a row for each kind of effect.

So no statement does nothing in silence.
"""

from __future__ import annotations

from typing import get_type_hints

from sql_lineage_purview.linker.interpreter.behaviours import BEHAVIOURS
from sql_lineage_purview.model import facts


def test_each_kind_of_effect_has_a_behaviour() -> None:
    kinds = get_type_hints(facts.StatementFact)["effects"].__args__[0].__args__

    assert set(kinds) == set(BEHAVIOURS)
