"""Summaries of calls: which are kept, and how long."""

from __future__ import annotations

from sql_lineage_purview.linker.context.call_summaries import (
    MAX_SUMMARIES,
    CallSummaries,
    CallSummary,
    distinct,
)
from sql_lineage_purview.linker.context.findings import Findings
from sql_lineage_purview.linker.relations.relation import ResultSet, Value
from sql_lineage_purview.linker.state.call_dependence import CallDependence
from sql_lineage_purview.linker.state.observation import Observation
from tests.linker.rooms import table


def observed(calls: CallSummaries, key: str) -> Observation:
    place = len(calls.running)
    outer = calls.running[-1].observation if calls.running else None
    return Observation(key, outer, (), frozenset(), CallDependence(place))


def returning(observation: Observation, column: str) -> CallSummary:
    return CallSummary(observation, Findings(), Value(table("dbo.s", column).columns[0].flows))


def test_a_call_that_has_ended_is_found_by_what_it_was_passed() -> None:
    calls = CallSummaries()
    activation = calls.begin("p", observed(calls, "p"), Findings(), None)
    summary = CallSummary(activation.observation, Findings())
    calls.end(activation, summary)

    assert list(calls.of("p")) == [summary]
    assert not calls.of("q")


def test_a_call_that_was_spoilt_is_not_kept() -> None:
    calls = CallSummaries()
    activation = calls.begin("p", observed(calls, "p"), Findings(), None)
    activation.observation.dependence.spoil()
    calls.end(activation, CallSummary(activation.observation, Findings()))

    assert not calls.of("p")


def test_an_error_leaves_no_summary_and_no_activation() -> None:
    calls = CallSummaries()
    calls.end(calls.begin("p", observed(calls, "p"), Findings(), None), None)

    assert not calls.of("p")
    assert not calls.running


def test_what_depends_on_a_running_procedure_is_forgotten_where_that_is_run_once_more() -> None:
    calls = CallSummaries()
    outer = calls.begin("p", observed(calls, "p"), Findings(), None)
    inner = calls.begin("q", observed(calls, "q"), Findings(), None)
    inner.observation.depend_on(outer.observation)
    summary = CallSummary(inner.observation, Findings())
    calls.end(inner, summary)
    assert list(calls.of("q")) == [summary]

    calls.again(outer, CallSummary(outer.observation, Findings()))

    assert not calls.of("q")


def test_what_depended_on_a_procedure_that_has_settled_depends_on_nothing() -> None:
    calls = CallSummaries()
    outer = calls.begin("p", observed(calls, "p"), Findings(), None)
    inner = calls.begin("q", observed(calls, "q"), Findings(), None)
    inner.observation.depend_on(outer.observation)
    calls.end(inner, CallSummary(inner.observation, Findings()))
    assert not inner.outermost

    calls.end(outer, CallSummary(outer.observation, Findings()))

    assert inner.outermost
    assert len(calls.of("q")) == 1


def test_what_has_come_to_a_cut_call_is_kept_until_the_module_ends() -> None:
    calls = CallSummaries()
    outer = calls.begin("p", observed(calls, "p"), Findings(), None)
    inner = calls.begin("q", observed(calls, "q"), Findings(), None)
    inner.observation.depend_on(outer.observation)
    inner.observation.dependence.cut_call("r")
    calls.end(inner, CallSummary(inner.observation, Findings()))
    inner.observation.end()
    assert outer.outermost, "a cut call is nothing to wait for"
    calls.end(outer, CallSummary(outer.observation, Findings()))

    assert inner.outermost
    assert len(calls.of("p")) == len(calls.of("q")) == 1
    calls.end_module()

    assert not calls.of("p")
    assert not calls.of("q")


def test_a_recursion_has_grown_where_it_does_more_than_was_assumed() -> None:
    calls = CallSummaries()
    activation = calls.begin("p", observed(calls, "p"), Findings(), None)
    summary = returning(activation.observation, "a")
    activation.compare(summary)
    assert not activation.grown  # no call within it has needed to know

    activation.used = True
    activation.compare(summary)
    assert activation.grown

    calls.again(activation, summary)
    activation.used = True
    activation.compare(returning(activation.observation, "a"))
    assert not activation.grown


def test_no_more_summaries_are_kept_than_are_worth_it() -> None:
    calls = CallSummaries()
    for _ in range(MAX_SUMMARIES + 1):
        activation = calls.begin("p", observed(calls, "p"), Findings(), None)
        calls.end(activation, CallSummary(activation.observation, Findings()))

    assert len(calls.of("p")) == MAX_SUMMARIES


def test_equal_result_sets_are_one() -> None:
    rows = [ResultSet(table("dbo.s", "a"), conditional=False) for _ in range(2)]
    differing = ResultSet(table("dbo.s", "b"), conditional=False)

    assert distinct([*rows, differing]) == [rows[0], differing]
