"""One lineage, written in all the forms that T-SQL has for it, is one lineage."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linking import column_lines, lineage_of, table_lines

from .drawing import Drawn, drawn_lineages
from .pen import Pen
from .steps import STEPS, Step, first_query, renamed_transient_table
from .writing import ENDINGS, Ending, Shape, insert_select, write

quick = settings(max_examples=10)


def assert_has(drawn: Drawn, shape: Shape) -> None:
    sql = write(drawn, shape)
    graph = lineage_of({"a.sql": drawn.definitions, "b.sql": sql})
    assert [f"{d.code} {d.message}" for d in graph.diagnostics] == [], sql
    assert column_lines(graph) == drawn.column_lines(), sql
    assert table_lines(graph) == drawn.table_lines(), sql


def named(function: object) -> str:
    return getattr(function, "__name__", "")


@pytest.mark.parametrize("step", STEPS, ids=named)
@given(drawn=drawn_lineages(), union=st.booleans())
@quick
def test_a_step_passes_the_lineage_on(step: Step, drawn: Drawn, union: bool) -> None:
    assert_has(drawn, Shape((step,), union=union))


@pytest.mark.parametrize("ending", ENDINGS, ids=named)
@given(drawn=drawn_lineages(), procedure=st.booleans())
@quick
def test_every_way_to_write_has_the_lineage(ending: Ending, drawn: Drawn, procedure: bool) -> None:
    assert_has(drawn, Shape((), ending, procedure=procedure))


@given(
    drawn=drawn_lineages(),
    steps=st.lists(st.sampled_from(STEPS), max_size=4).map(tuple),
    ending=st.sampled_from(ENDINGS),
    union=st.booleans(),
    procedure=st.booleans(),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60)
def test_all_forms_together_in_any_layout(
    drawn: Drawn, steps: tuple[Step, ...], ending: Ending, union: bool, procedure: bool, seed: int
) -> None:
    assert_has(drawn, Shape(steps, ending, union, procedure, Pen(Random(seed))))  # noqa: S311  # layout, not a secret


@given(drawn=drawn_lineages(), procedure=st.booleans())
@quick
def test_what_is_renamed_and_dropped_passes_it_on_as_a_whole(drawn: Drawn, procedure: bool) -> None:
    sql = write(drawn, Shape((renamed_transient_table,), procedure=procedure))
    graph = lineage_of({"a.sql": drawn.definitions, "b.sql": sql})
    assert [
        line.removesuffix("  EXPANDED") for line in column_lines(graph)
    ] == drawn.column_lines(), sql
    assert table_lines(graph) == drawn.table_lines(), sql


@given(drawn=drawn_lineages(), steps=st.lists(st.sampled_from(STEPS[:7]), max_size=2).map(tuple))
@quick
def test_a_string_of_constants_has_it_too_but_inferred(
    drawn: Drawn, steps: tuple[Step, ...]
) -> None:
    inner = write(drawn, Shape(steps, insert_select))
    graph = lineage_of(
        {"a.sql": drawn.definitions, "b.sql": f"EXEC (N'{inner.replace(chr(39), chr(39) * 2)}');"}
    )
    assert column_lines(graph) == drawn.column_lines(sure="INFERRED"), inner
    assert table_lines(graph) == drawn.table_lines()


@given(drawn=drawn_lineages(), union=st.booleans())
@quick
def test_a_view_takes_it(drawn: Drawn, union: bool) -> None:
    query = first_query(Pen(), drawn, union=union).query
    graph = lineage_of({"a.sql": drawn.definitions, "b.sql": f"CREATE VIEW dbo.TheView AS {query}"})
    assert column_lines(graph) == drawn.column_lines("dbo.TheView"), query
    assert table_lines(graph) == drawn.table_lines("dbo.TheView")
