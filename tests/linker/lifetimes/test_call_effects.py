"""What a call is found to do once is what following it anew would find."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker.context.executed_strings import CompiledStrings
from sql_lineage_purview.linker.definitions.arguments import survey
from sql_lineage_purview.linker.lifetimes.call_effects import CallEffect, CallEffects
from sql_lineage_purview.linker.lifetimes.lifetime_run import LifetimeFrame, LifetimeRun, Survey
from sql_lineage_purview.tsql import compile_string
from tests.linker.rooms import definitions_of, source_file

PROCEDURES = 4
TABLES = st.sampled_from(["dbo.x", "dbo.y", "dbo.z"])
STEPS = st.one_of(
    *(
        TABLES.map(text.format)
        for text in (
            "SELECT a INTO {0} FROM dbo.s;",
            "DROP TABLE {0};",
            "IF @a = 1 DROP TABLE {0};",
            "EXEC sp_rename '{0}', 'y';",
            "IF OBJECT_ID('{0}') IS NOT NULL DROP TABLE {0};",
            "IF EXISTS (SELECT 1 FROM sys.tables WHERE a = 1) BEGIN DROP TABLE {0}; RETURN; END",
            "IF @a = 1 BEGIN SELECT a INTO {0} FROM dbo.s; RETURN; END",
        )
    ),
    st.integers(0, PROCEDURES - 1).map("EXEC dbo.p{0};".format),
    st.integers(0, PROCEDURES - 1).map("EXEC dbo.p{0} @t;".format),
    st.integers(0, PROCEDURES - 1).map("EXEC dbo.p{0} 'dbo.x';".format),
    st.just("EXEC ('SELECT a INTO ' + @t + ' FROM dbo.s');"),
    st.just("EXEC ('INSERT INTO dbo.t SELECT a FROM ' + @t);"),
    st.just("EXEC ('DROP TABLE ' + @t);"),
)
BODIES = st.lists(STEPS, min_size=1, max_size=4).map(" ".join)


def runs(bodies: list[str]) -> list[LifetimeRun]:
    """One of each procedure that has one of these bodies."""
    files = [
        source_file(f"CREATE PROCEDURE dbo.p{number} @t sysname AS {body}", f"p{number}.sql")
        for number, body in enumerate(bodies)
    ]
    definitions = definitions_of(*files)
    generic, strings = survey(files, definitions), CompiledStrings(compile_string)
    followed = Survey(definitions, generic, strings, frozenset(definitions.modules))
    found = []
    for key, entry in definitions.modules.items():
        run = LifetimeRun(followed)
        passed = generic.passed.get(key, frozenset())
        frame = LifetimeFrame(entry.name, None, caller_supplied_parameters=passed, calls=(key,))
        run.walk(frame, entry.fact.body)
        found.append(run)
    return found


def content(run: LifetimeRun) -> object:
    return run.tables, run.presence.at_end()


@example(
    ["EXEC dbo.p1; SELECT a INTO dbo.x FROM dbo.s; EXEC dbo.p1;", "IF @a = 1 DROP TABLE dbo.x;"]
)
@settings(max_examples=80)
@given(st.lists(BODIES, min_size=PROCEDURES, max_size=PROCEDURES))
def test_calls_do_what_they_do_alone(bodies: list[str]) -> None:
    found = [content(run) for run in runs(bodies)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallEffects, "find", lambda *_: None)
        assert found == [content(run) for run in runs(bodies)]


def test_each_procedure_of_a_chain_is_followed_once() -> None:
    chain = [f"EXEC dbo.p{number + 1};" for number in range(9)]

    followed = sum(run.followed for run in runs([*chain, "DROP TABLE dbo.x;"]))

    assert followed == len(chain)


def test_an_effect_holds_where_what_counts_for_it_is_there() -> None:
    effect = CallEffect(frozenset("x"), frozenset(), frozenset(), frozenset("x"), frozenset())

    assert effect.holds(frozenset("xy"))
    assert effect.behind(frozenset("xy")) == {"y"}
    assert not effect.holds(frozenset("y"))
    assert not effect.holds(None)


def test_a_call_that_nothing_comes_back_from() -> None:
    effect = CallEffect(frozenset(), frozenset(), frozenset(), frozenset(), None)

    assert effect.behind(frozenset("y")) is None
