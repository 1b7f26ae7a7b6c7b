"""A copied mapping is as a dictionary is, and differs from a copy where a dictionary would."""

from __future__ import annotations

from collections.abc import MutableMapping

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.copied_mapping import CopiedMapping

VALUES = [object() for _ in range(3)]
KEYS = "abcdef"
# a change: a key, and the value that it gets; None: it is removed
CHANGES = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from([*VALUES, None])))
Change = tuple[str, object | None]


def changed(mapping: MutableMapping[str, object], changes: list[Change]) -> None:
    for key, value in changes:
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value


@given(st.lists(CHANGES))
def test_each_copy_of_a_copy_is_as_a_dictionary(rounds: list[list[Change]]) -> None:
    mapping, expected = CopiedMapping[object](), dict[str, object]()
    earlier = []
    for changes in rounds:
        earlier.append((mapping, dict(expected)))
        mapping = mapping.copied()
        changed(mapping, changes)
        changed(expected, changes)
    for copy, content in (*earlier, (mapping, expected)):
        assert dict(copy.items()) == content
        assert len(copy) == len(content)
        assert [copy.get(key) for key in KEYS] == [content.get(key) for key in KEYS]
        assert [key in copy for key in KEYS] == [key in content for key in KEYS]


@given(CHANGES, CHANGES, CHANGES)
def test_each_key_that_differs(
    before: list[Change], first_changes: list[Change], second_changes: list[Change]
) -> None:
    origin = CopiedMapping[object]()
    changed(origin, before)
    first, second, apart = origin.copied(), origin.copied(), CopiedMapping[object]()
    changed(first, first_changes)
    changed(second, second_changes)
    changed(apart, second_changes)
    for other in (second, apart):
        expected = {key for key in other if first.get(key) is not other[key]}
        found = list(other.differing(first))
        assert set(found) == expected
        assert len(found) == len(expected)


def test_a_copy_that_is_cleared_leaves_the_others() -> None:
    mapping = CopiedMapping({"a": 1})
    copy = mapping.copied()
    copy.clear()

    assert dict(mapping) == {"a": 1}
    assert not copy
