"""What an activation asks of its caller, and what its summary depends on besides."""

from __future__ import annotations

from sql_lineage_purview.linker.state.call_dependence import CallDependence
from sql_lineage_purview.linker.state.frame_state import FrameState
from sql_lineage_purview.linker.state.observation import Observation, print_of_table
from sql_lineage_purview.linker.state.temporary import Temporary
from tests.linker.rooms import NAMING, name


def observed(key: str, outer: Observation | None = None) -> Observation:
    place = outer.dependence.index + 1 if outer else 0
    return Observation(key, outer, (), frozenset(), CallDependence(place))


def test_a_question_is_one_to_all_callers() -> None:
    caller = observed("caller")
    callee = observed("callee", caller)
    callee.table("#t", None)

    assert callee.questions.tables == caller.questions.tables == {"#t": None}


def test_a_table_made_by_the_caller_is_no_question_to_its_own_caller() -> None:
    outermost = observed("outermost")
    caller = observed("caller", outermost)
    caller.questions.make_table("#t")
    callee = observed("callee", caller)
    callee.table("#t", None)

    assert "#t" in callee.questions.tables
    assert not caller.questions.tables
    assert not outermost.questions.tables


def test_the_first_answer_stays() -> None:
    activation = observed("p")
    activation.questions.ask_for_cursor("c", "first")
    activation.questions.ask_for_cursor("c", "second")

    assert activation.questions.cursors == {"c": "first"}


def test_table_variables_are_nothing_to_ask_for() -> None:
    activation = observed("p")
    activation.table("@t", None)

    assert not activation.questions.tables


def test_a_global_table_that_is_made_anew_is_asked_for_as_callers_see_it() -> None:
    shared = Temporary.empty(())
    state = FrameState(NAMING, {"##t": shared})
    state.observation = observed("p")
    state.makes("##t", always=True)

    assert state.observation.questions.tables == {"##t": print_of_table(shared)}


def test_what_makes_a_global_table_depends_on_those_of_all_modules_and_so_does_its_caller() -> None:
    caller = observed("caller")
    callee = observed("callee", caller)
    callee.table("#t", None)
    assert not callee.questions.any_global

    callee.table("##t", None)
    assert callee.questions.any_global
    assert caller.questions.any_global


def test_a_recursion_depends_on_the_activation_that_is_running() -> None:
    recursive = observed("recursive")
    between = observed("between", recursive)
    between.depend_on(recursive)

    assert between.dependence.lowest == recursive.dependence.index
    assert not between.dependence.outermost
    assert recursive.dependence.outermost


def test_a_recursion_calls_what_has_been_called_since() -> None:
    recursive = observed("recursive")
    first = observed("first", recursive)
    first.end()
    between = observed("between", recursive)
    innermost = observed("innermost", between)
    innermost.depend_on(recursive)

    assert innermost.dependence.called == {"recursive", "first", "between", "innermost"}


def test_what_a_callee_depends_on_its_caller_depends_on_once_it_has_ended() -> None:
    caller = observed("caller")
    callee = observed("callee", caller)
    callee.dependence.cut_call("q")
    callee.dependence.spoil()
    callee.makes(name("dbo.made"), ("a",))
    callee.end()

    assert not caller.dependence.reusable
    assert caller.dependence.cut == {"q"}
    assert caller.dependence.called == {"caller", "callee"}
    assert caller.dependence.height == 1
    assert list(caller.visible_tables) == [(name("dbo.made"), ("a",))]


def test_a_summary_that_is_used_asks_and_calls_on_behalf_of_its_user() -> None:
    earlier = observed("callee")
    earlier.table("#t", None)
    earlier.makes(name("dbo.made"), ("a",))
    user = observed("user")
    user.take_in(earlier)

    assert user.questions.tables == {"#t": None}
    assert user.dependence.called == {"user", "callee"}
    assert list(user.visible_tables) == [(name("dbo.made"), ("a",))]
    assert user.dependence.height == 1
