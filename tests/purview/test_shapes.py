"""Where a value has not its shape, said as a clause."""

from __future__ import annotations

import pytest

from sql_lineage_purview.purview.account.shapes import (
    NAME,
    OBJECT,
    TEXT,
    ListOf,
    MapOf,
    Members,
    OneOrMany,
    mismatch,
)

SHAPE = Members(
    {"rows": ListOf(Members({"id": NAME}, {"note": TEXT}))},
    {"map": MapOf(NAME), "related": OneOrMany(Members({"guid": NAME})), "any": OBJECT},
)


@pytest.mark.parametrize(
    "value",
    [
        {"rows": []},
        {"rows": [{"id": "1"}], "map": None, "related": None, "any": None},
        {
            "rows": [{"id": "1", "note": ""}],
            "map": {"a": "b"},
            "related": [{"guid": "g"}],
            "any": {"x": 1},
        },
        {
            "rows": [{"id": "1", "note": None}],
            "map": {},
            "related": {"guid": "g", "more": 1},
            "beside": 1,
        },
    ],
)
def test_what_has_the_shape(value):
    assert mismatch(value, SHAPE) == ""


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        (None, "the whole answer is null, not an object"),
        ([], "the whole answer is a list, not an object"),
        ({}, "rows is missing"),
        ({"rows": None}, "rows is null, not a list"),
        ({"rows": {}}, "rows is an object, not a list"),
        ({"rows": [{"id": "1"}, {}]}, "rows[1].id is missing"),
        ({"rows": [{"id": "1"}, None]}, "rows[1] is null, not an object"),
        ({"rows": [{"id": 1}]}, "rows[0].id is a number, not a text"),
        ({"rows": [{"id": True}]}, "rows[0].id is true or false, not a text"),
        ({"rows": [{"id": ""}]}, "rows[0].id is an empty text, not a text"),
        ({"rows": [{"id": "1", "note": []}]}, "rows[0].note is a list, not a text"),
        ({"rows": [], "map": []}, "map is a list, not an object"),
        ({"rows": [], "map": {"a": "b", "c": 1.5}}, "map.c is a number, not a text"),
        ({"rows": [], "related": "x"}, "related is a text, not an object"),
        ({"rows": [], "related": [{"guid": "g"}, {}]}, "related[1].guid is missing"),
        ({"rows": [], "related": {"guid": None}}, "related.guid is null, not a text"),
        ({"rows": [], "any": 1}, "any is a number, not an object"),
    ],
)
def test_what_has_not(value, clause):
    assert mismatch(value, SHAPE) == clause
