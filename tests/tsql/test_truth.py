"""Conditions over constants: what is certain whatever the data is."""

from __future__ import annotations

import pytest

from sql_lineage_purview.tsql.queries.parser import parse
from sql_lineage_purview.tsql.queries.tree_truth import truth
from sql_lineage_purview.tsql.queries.truth import truth_of
from sql_lineage_purview.tsql.reading.lexer import tokens_of

CONDITIONS = {
    "1 = 0": False,
    "1=1": True,
    "(1) <> (1)": False,
    "1.0 = 1": True,
    "-1 > 0": False,
    "2 >= 2": True,
    "NOT 1 = 0": True,
    "NOT (1 = 1)": False,
    "a = 1 AND 1 = 2": False,
    "a = 1 AND 1 = 1": None,
    "a = 1 OR 1 = 1": True,
    "a = 1 OR 1 = 0": None,
    "1 = 0 OR 2 = 1": False,
    "1 = 0 OR (1 = 1 AND a = 2)": None,
    "'a' = 'b'": False,
    "'a' = 'a'": True,
    "'a' <> 'b'": True,
    "'a' = 'A'": None,
    "'a' = 'a '": None,
    "'a' = 'á'": None,
    "'a' < 'b'": None,
    "'1' = 1": None,
    "a = 0": None,
    "a BETWEEN 1 AND 0": None,
    "1 + 1 = 3": None,
}


@pytest.mark.parametrize(("condition", "known"), CONDITIONS.items())
def test_constants_decide_a_condition(condition: str, known: bool | None) -> None:
    assert truth_of(tokens_of(condition)) is known
    assert truth(parse(f"SELECT 1 WHERE {condition}").args["where"].this) is known
