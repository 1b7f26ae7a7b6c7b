"""The state where one of several is true: behind arms, at labels, in CATCH."""

from __future__ import annotations

from sql_lineage_purview.linker.relations.provenance import flow
from sql_lineage_purview.linker.relations.relation import Value
from sql_lineage_purview.linker.state.branches import (
    AbstractState,
    end_of_arm,
    is_other_arm,
    join_states,
    join_values,
    leaves,
    written,
)
from sql_lineage_purview.linker.state.frame_state import FrameState
from sql_lineage_purview.linker.state.temporary import Temporaries
from sql_lineage_purview.model.copied_mapping import CopiedMapping
from sql_lineage_purview.model.graph import Column
from tests.linker.rooms import NAMING, name, sources, statements, table


def value(column: str) -> Value:
    return Value(flow(Column(name("dbo.s"), column)))


def state(**variables: Value) -> AbstractState:
    return AbstractState(CopiedMapping(variables))


def test_a_variable_holds_what_either_arm_has_assigned() -> None:
    joined = join_states([state(a=value("x")), state(a=value("y"))], NAMING)

    assert sources(joined.variables["a"].flows) == ["dbo.s.x", "dbo.s.y"]


def test_what_one_arm_alone_has_assigned_is_there_behind_it() -> None:
    joined = join_states([state(), state(a=value("x"))], NAMING)

    assert sources(joined.variables["a"].flows) == ["dbo.s.x"]


def test_a_join_changes_no_arm() -> None:
    first, second = state(a=value("x")), state(a=value("y"))
    join_states([first, second], NAMING)

    assert sources(first.variables["a"].flows) == ["dbo.s.x"]
    assert sources(second.variables["a"].flows) == ["dbo.s.y"]


def test_one_state_alone_is_itself() -> None:
    only = state(a=value("x"))

    assert join_states([only], NAMING) is only
    assert not join_values([None]).flows


def test_a_temporary_table_has_the_rows_of_both_arms() -> None:
    ends = []
    for column in ("x", "y"):
        temporaries = Temporaries(NAMING)
        temporaries.create(name("#t"), table("dbo.s", column).renamed(["a"]))
        ends.append(AbstractState(tables=temporaries.tables))

    joined = join_states(ends, NAMING).tables["#t"]

    assert [sources(column.flows) for column in joined.bound.columns] == [["dbo.s.x", "dbo.s.y"]]
    assert sources(ends[0].tables["#t"].bound.columns[0].flows) == ["dbo.s.x"]


def test_arms_are_distinguished_by_their_numbers() -> None:
    facts = statements("IF @a = 1 SET @b = 1 ELSE SET @b = 2; SET @c = 1")
    inside = [place for place, fact in enumerate(facts) if fact.branch]
    start = inside[0]
    behind_first = end_of_arm(facts, start, 0)

    assert is_other_arm(facts, behind_first, 0)
    assert not is_other_arm(facts, end_of_arm(facts, behind_first, 0), 0)


def test_an_arm_that_ends_with_return_is_left() -> None:
    returning = [
        fact for fact in statements("IF @a = 1 BEGIN SET @b = 1; RETURN END") if fact.branch
    ]
    going_on = [fact for fact in statements("IF @a = 1 SET @b = 1") if fact.branch]

    assert leaves(returning, returning[-1].branch)
    assert not leaves(going_on, going_on[-1].branch)


def test_global_temporary_tables_are_no_table_of_an_arm() -> None:
    facts = statements(
        "INSERT INTO #t SELECT 1; INSERT INTO ##g SELECT 1; INSERT INTO dbo.p SELECT 1"
    )

    assert written(facts, NAMING) == {"#t"}


def test_a_label_finds_what_there_was_at_each_goto() -> None:
    memory = FrameState(NAMING, {})
    memory.set("@a", value("x"))
    memory.go_to("Done")
    memory.set("@a", value("y"))
    memory.reach_label("DONE")

    assert sources(memory.variable("@a").flows) == ["dbo.s.x", "dbo.s.y"]


def test_a_catch_finds_what_there_was_behind_any_statement_of_its_try() -> None:
    memory = FrameState(NAMING, {})
    memory.begin_try()
    memory.set("@a", value("x"))
    memory.set("@a", value("y"))
    memory.begin_catch()

    caught = memory.flow.caught
    assert caught is not None
    assert sources(caught.variables["@a"].flows) == ["dbo.s.x", "dbo.s.y"]
    assert sources(memory.variable("@a").flows) == ["dbo.s.y"]
