"""Copies of one mapping differ under the keys that a comparison of each key finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.copied_mappings import differing

VALUES = [object() for _ in range(3)]
# a change: a key, and the value that it gets; None: it is removed
CHANGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([*VALUES, None])))


def changed(mapping: dict[str, object], changes: list[tuple[str, object | None]]) -> None:
    for key, value in changes:
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value


@given(CHANGES, CHANGES, CHANGES)
def test_each_key_that_differs(
    before: list[tuple[str, object | None]],
    first_changes: list[tuple[str, object | None]],
    second_changes: list[tuple[str, object | None]],
) -> None:
    first: dict[str, object] = {}
    changed(first, before)
    second = dict(first)
    changed(first, first_changes)
    changed(second, second_changes)
    expected = [key for key in second if first.get(key) is not second[key]]
    expected += [key for key in first if key not in second]
    assert list(differing(first, second)) == expected
