"""The activities of a pipeline in order, in every round of the loops around them.

Each comes with what its references stand for in that round.

Source: https://learn.microsoft.com/azure/data-factory/control-flow-for-each-activity and the pages
of If, Switch and Filter
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from ..artefacts.json_members import Properties
from ..expressions.dynamic_content import list_of, truth_of, value_of
from ..expressions.evaluation import BoundValue, Values, has_hole
from ..expressions.parameter_defaults import defaults_of
from .nesting import inner, running

_Rounds: TypeAlias = tuple[Values, ...]

MOST_ROUNDS = 200
"""The most rounds that are followed of loops within loops, and of calls of calls.

The lists that the loops go over are known.
"""
_SET = frozenset({"SetVariable", "AppendVariable"})
_EACH = "ForEach"


class ActivityStep(Struct, frozen=True):
    """An activity, and the values of each of its rounds.

    `cut`: there are more rounds than are followed.
    """

    name: str
    kind: str
    json: Properties
    properties: Properties
    rounds: _Rounds
    cut: bool = False


def run_values(
    properties: Properties, activities: list[object], arguments: Mapping[str, BoundValue]
) -> Values:
    """What references stand for in a run.

    Args:
        properties: the pipeline's: parameters with their defaults, and variables.
        activities: the pipeline's: a variable that one of them sets is what it is set to.
        arguments: what the run is given, by reference.
    """
    parameters = Values(
        {
            **defaults_of(properties.get("parameters"), "pipeline().parameters", assumed=True),
            **arguments,
        }
    )
    values = parameters.and_bound(_variables(properties.get("variables"), activities, parameters))
    for activity in running(activities):
        if activity.get("type") == "Filter":
            values = values.and_bound(_filtered(activity, values))
    return values


def steps_of(activities: list[object], runs: Sequence[Values]) -> Iterator[ActivityStep]:
    """All activities, those inside of loops and branches too. What is switched off does not run."""
    pending: list[tuple[object, _Rounds, bool]] = [
        (activity, tuple(runs), False) for activity in reversed(activities)
    ]
    while pending:
        activity, rounds, cut = pending.pop()
        if not isinstance(activity, dict) or activity.get("state") == "Inactive" or not rounds:
            continue
        properties = activity.get("typeProperties")
        kind = activity.get("type")
        if not isinstance(properties, dict) or not isinstance(kind, str):
            continue
        yield ActivityStep(
            str(activity.get("name", "")),
            kind,
            activity,
            properties,
            rounds[:MOST_ROUNDS],
            cut or len(rounds) > MOST_ROUNDS,
        )
        children = list(_held(kind, properties, rounds[:MOST_ROUNDS]))
        pending += [
            (child, turns, cut or len(rounds) > MOST_ROUNDS) for child, turns in reversed(children)
        ]


# --- what loops and branches do with rounds -------------------------------------------------------


def _held(kind: str, properties: Properties, rounds: _Rounds) -> Iterator[tuple[object, _Rounds]]:
    """The activities inside of one, with their rounds.

    A branch that a round is known not to take is not one of it.
    """
    if kind == "IfCondition":
        yield from _branches(properties, rounds)
    elif kind == "Switch":
        yield from _cases(properties, rounds)
    else:
        turns = (
            tuple(turn for values in rounds for turn in _turns(properties, values))
            if kind == _EACH
            else rounds
        )
        yield from ((child, turns) for child in inner(properties))


def _turns(properties: Properties, values: Values) -> Iterator[Values]:
    """The rounds of a loop over a list that is known; of another, what its items are stays open."""
    items = list_of(properties.get("items"), values)
    # an empty default stands for a list that each run is given
    if items is None or items == ([], True):
        yield Values({key: bound for key, bound in values.bound.items() if key != "item()"})
        return
    for item in items[0]:
        yield values.and_bound({"item()": BoundValue(item, items[1])})


def _branches(properties: Properties, rounds: _Rounds) -> Iterator[tuple[object, _Rounds]]:
    truths = [truth_of(properties.get("expression"), values.certain()) for values in rounds]
    for key, opposite in (("ifTrueActivities", False), ("ifFalseActivities", True)):
        branch_rounds = tuple(
            values for values, truth in zip(rounds, truths, strict=True) if truth is not opposite
        )
        yield from ((child, branch_rounds) for child in _list(properties.get(key)))


def _cases(properties: Properties, rounds: _Rounds) -> Iterator[tuple[object, _Rounds]]:
    cases = [case for case in _list(properties.get("cases")) if isinstance(case, dict)]
    words = {str(case.get("value")).casefold() for case in cases}
    chosen = [_word(properties.get("on"), values) for values in rounds]
    for case in cases:
        word = str(case.get("value")).casefold()
        case_rounds = tuple(
            values for values, choice in zip(rounds, chosen, strict=True) if choice in (None, word)
        )
        yield from ((child, case_rounds) for child in _list(case.get("activities")))
    others = tuple(
        values
        for values, choice in zip(rounds, chosen, strict=True)
        if choice is None or choice not in words
    )
    yield from ((child, others) for child in _list(properties.get("defaultActivities")))


def _word(value: object, values: Values) -> str | None:
    content = value_of(value, values.certain()).value
    return content.casefold() if isinstance(content, str) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


# --- variables and filters ------------------------------------------------------------------------


def _variables(
    variables: object, activities: list[object], parameters: Values
) -> Mapping[str, BoundValue]:
    """The defaults of variables that nothing sets, and what is set once for all."""
    # all activities count, those in branches too: what one of them may set is not its default
    written = Counter(name.lower() for name, _ in _settings(list(running(activities))))
    declarations = variables if isinstance(variables, dict) else {}
    defaults = defaults_of(
        {name: variable for name, variable in declarations.items() if name.lower() not in written},
        "variables",
        assumed=False,
    )
    bound = {f"variables('{key.partition('.')[2]}')": default for key, default in defaults.items()}
    for name, activity in _settings(activities):
        # set once, and on the top level: a value of one round, or of one branch, holds for that
        # alone
        if written[name.lower()] == 1 and activity.get("type") == "SetVariable":
            value = value_of(activity["typeProperties"].get("value"), parameters)
            bound |= {f"variables('{name.lower()}')": value} if value.value is not None else {}
    return bound


def _settings(activities: Sequence[object]) -> Iterator[tuple[str, Properties]]:
    """The activities of a list that set variables, with the names of these."""
    for activity in activities:
        properties = activity.get("typeProperties") if isinstance(activity, dict) else None
        if (
            isinstance(activity, dict)
            and isinstance(properties, dict)
            and str(activity.get("type")) in _SET
        ):
            name = properties.get("variableName")
            if isinstance(name, str) and activity.get("state") != "Inactive":
                yield name, activity


def _filtered(activity: Properties, values: Values) -> Mapping[str, BoundValue]:
    """What a Filter lets through of a list that is known."""
    properties = activity.get("typeProperties")
    items = list_of(properties.get("items"), values) if isinstance(properties, dict) else None
    if items is None or not isinstance(properties, dict) or items == ([], True):
        return {}
    truths = [
        truth_of(properties.get("condition"), values.and_bound({"item()": BoundValue(item)}))
        for item in items[0]
    ]
    # a list of which one item is uncertain would lose or invent a round
    if None in truths or has_hole(list(items[0])):
        return {}
    let_through = [item for item, truth in zip(items[0], truths, strict=True) if truth]
    return {
        f"activity('{str(activity.get('name')).lower()}').output.value": BoundValue(
            let_through, assumed=True
        )
    }
