"""Frames: what they run, and what a caller lends to what it calls."""

from __future__ import annotations

from msgspec.structs import replace

from sql_lineage_purview.linker.frames.frame import Frame
from sql_lineage_purview.linker.frames.lending import discard, left_tables, lend
from sql_lineage_purview.linker.state.call_dependence import CallDependence
from sql_lineage_purview.linker.state.observation import Observation
from sql_lineage_purview.model.facts import Discard
from tests.linker.rooms import frame_of, name, sources, statements, table


def callee_of(caller: Frame) -> Frame:
    """A frame that the caller calls, and lends its tables to."""
    inner = Frame(caller.context, caller.place, caller.interpreter, caller)
    inner.state.observation = Observation("p", None, (), frozenset(), CallDependence(0))
    observation = inner.state.observation
    lend(inner, caller)
    inner.state.observation = observation
    return inner


def caller_with(*tables: str) -> Frame:
    frame = frame_of()
    for text in tables:
        temporary = frame.state.temporaries.create(name(text), table("dbo.s", "a"))
        temporary.maker = frame.state
    return frame


def test_a_frame_runs_statements_into_its_state() -> None:
    frame = frame_of("CREATE TABLE dbo.s (a int)")
    body = statements("SELECT a INTO #t FROM dbo.s")
    for statement in body:
        frame.context.rows.number(statement, "run.sql")
    frame.run(body)

    temporary = frame.state.find_temporary(name("#t"))
    assert temporary is not None
    assert sources(temporary.bound.columns[0].flows) == ["dbo.s.a"]


def test_a_callee_sees_and_fills_the_tables_of_its_caller() -> None:
    caller = caller_with("#t")
    inner = callee_of(caller)

    assert inner.state.find_temporary(name("#t")) is caller.state.temporaries.tables["#t"]


def test_table_variables_are_not_lent() -> None:
    caller = caller_with("@t")

    assert callee_of(caller).state.find_temporary(name("@t")) is None


def test_what_a_callee_fills_is_left_to_its_caller() -> None:
    caller = caller_with("#t")
    inner = callee_of(caller)
    observation = inner.state.observation
    assert observation is not None
    lent = inner.state.find_temporary(name("#t"))
    assert lent is not None
    lent.fill(["a"], table("dbo.other", "b"), caller.naming)

    left = left_tables(caller, inner, observation)

    assert sources(left.filled["#t"].bound.columns[0].flows) == ["dbo.other.b", "dbo.s.a"]
    assert not left.session_tables


def test_what_a_callee_makes_ends_with_it_but_where_sessions_keep_it() -> None:
    caller = caller_with()
    inner = callee_of(caller)
    observation = inner.state.observation
    assert observation is not None
    inner.state.temporaries.create(name("#own"), table("dbo.s", "a")).maker = inner.state
    assert not left_tables(caller, inner, observation).session_tables

    options = replace(caller.context.options, session_databases=None)
    keeping = replace(caller.context, options=options)
    caller.context = inner.context = keeping

    assert list(left_tables(caller, inner, observation).session_tables) == ["#own"]


def test_a_drop_by_a_callee_empties_the_table_of_its_caller() -> None:
    caller = caller_with("#t")
    inner = callee_of(caller)
    discard(inner, Discard(name("#t")))

    emptied = inner.state.find_temporary(name("#t"))
    assert emptied is not None
    assert [sources(column.flows) for column in emptied.bound.columns] == [[]]
    discard(caller, Discard(name("#t")))
    assert caller.state.find_temporary(name("#t")) is None
