"""Arguments of calls: which parameter each is for, and the strings that callers pass.

The strings are for SQL that a procedure puts together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from math import prod
from typing import TypeAlias

from msgspec import Struct, field

from ...model.facts import (
    Argument,
    Effect,
    Execute,
    ExecuteString,
    ModuleFact,
    Parameter,
    Pattern,
    Piece,
    SourceFile,
)
from ...model.limits import STRING_CHARACTERS
from ...model.names import Name
from ...model.naming import Naming
from ...model.regex import regex
from .scan_definitions import Definitions, module_name

# The strings that parameters may hold in a run, by folded name.
Strings: TypeAlias = Mapping[str, tuple[str, ...]]

_MARK = regex(r"\$\{@[^{}\n]*\}")
_SQL = regex(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|EXEC|EXECUTE|DECLARE|SET|IF|TRUNCATE|CREATE)\s",
    re.IGNORECASE,
)
MAX_STRINGS = 64  # strings that one statement may run, or one parameter hold


def parameter_of(
    naming: Naming, parameters: tuple[Parameter, ...], argument: Argument, position: int
) -> Parameter | None:
    """The parameter that an argument is for: by its name, else by its place.

    None for `@x = ` before the procedure's name.

    Args:
        naming: how names are compared.
        parameters: those of the module.
        argument: what the call passes.
        position: the place of the argument in the call, from 0.
    """
    if argument.parameter:
        key = naming.fold(argument.parameter)
        return next(
            (parameter for parameter in parameters if naming.fold(parameter.name) == key), None
        )
    if argument.parameter == "":
        return None
    return parameters[position] if position < len(parameters) else None


def passed_strings(
    naming: Naming,
    parameters: tuple[Parameter, ...],
    arguments: Iterable[Argument],
    caller_strings: Strings,
) -> Strings:
    """The strings that a call gives the parameters, as far as they are known.

    A parameter left out has its default.

    Args:
        naming: how names are compared.
        parameters: those of the procedure.
        arguments: those of the call.
        caller_strings: the strings that the caller's own parameters hold.
    """
    strings: dict[str, tuple[str, ...]] = {}
    passed: set[str] = set()
    caller_strings = {
        # a mark names a variable of the text it came from, and the callee may have one of that name
        name: tuple(_MARK.sub("${…}", text) for text in texts)
        for name, texts in caller_strings.items()
    }
    for position, argument in enumerate(arguments):
        parameter = parameter_of(naming, parameters, argument, position)
        if parameter is None:
            continue
        passed.add(parameter.name)
        alternatives = [
            filled(pattern, caller_strings) or _with_values(pattern, caller_strings)
            for pattern in argument.strings
        ]
        texts = tuple(
            dict.fromkeys(text for alternative in alternatives for text in alternative or ())
        )
        small = len(texts) <= MAX_STRINGS and sum(map(len, texts)) <= STRING_CHARACTERS
        if texts and small and all(alternative is not None for alternative in alternatives):
            strings[parameter.name.casefold()] = texts
    for parameter in parameters:
        if parameter.name not in passed and parameter.default is not None:
            strings[parameter.name.casefold()] = (parameter.default,)
    return strings


def _with_values(pattern: Pattern, strings: Strings) -> tuple[str, ...] | None:
    """SQL in which values of the caller's variables stand.

    What is called finds them by their marks. Nothing else may be open.
    """
    if not _is_sql(pattern) or not all(
        piece.known or piece.variable or _is_value(piece) for piece in pattern
    ):
        return None
    return filled(
        tuple(piece if piece.known or piece.variable else Piece(piece.text) for piece in pattern),
        strings,
    )


def _is_sql(pattern: Pattern) -> bool:
    return any(piece.known and _SQL.match(piece.text) for piece in pattern[:1])


def _is_value(piece: Piece) -> bool:
    """Is it the value of a variable of the caller's, not of an expression?"""
    return piece.value is not None and not piece.value.startswith("@=")


def filled(pattern: Pattern, strings: Strings) -> tuple[str, ...] | None:
    """The strings that a pattern may be; None where a piece of it is not known."""
    variables = list(dict.fromkeys(piece.variable or "" for piece in pattern if not piece.known))
    values = [strings.get(variable, ()) for variable in variables]
    # asked before they are put together: ten parameters of ten values are ten thousand millions
    if not 0 < prod(map(len, values)) <= MAX_STRINGS:
        return None
    longest = dict(
        zip(variables, (max(map(len, alternatives)) for alternatives in values), strict=True)
    )
    known_length = sum(len(piece.text) for piece in pattern if piece.known)
    if (
        known_length + sum(longest[piece.variable or ""] for piece in pattern if not piece.known)
        > STRING_CHARACTERS
    ):
        return None
    filled_texts: dict[str, None] = {}
    for combination in product(*values):  # a parameter has one value wherever it stands
        binding = {
            variable: (value,) for variable, value in zip(variables, combination, strict=True)
        }
        filled_texts[
            "".join(text for piece in pattern for text in _choices(piece, binding) or ())
        ] = None
    return tuple(filled_texts)


def _choices(piece: Piece, strings: Strings) -> tuple[str, ...] | None:
    if piece.known:
        return (piece.text,)
    values = strings.get(piece.variable) if piece.variable else None
    return (
        None
        if values is None
        else tuple(_quoted(value) if piece.quoted else value for value in values)
    )


def _quoted(value: str) -> str:
    return f"[{value.replace(']', ']]')}]"


def template(pattern: Pattern, strings: Strings) -> str:
    """The one string of a pattern in which what is not known stands as `${@name}`."""
    pieces: list[str] = []
    for piece in pattern:
        values = _choices(piece, strings)
        pieces.append(values[0] if values and len(values) == 1 else piece.text)
    return "".join(pieces)


def texts(
    pattern: Pattern, strings: Strings, caller_supplied_parameters: frozenset[str]
) -> tuple[str, ...] | None:
    """The strings that are run where a pattern is executed, as far as they are known.

    None: a call that supplies one of the `caller_supplied_parameters` has a run of its own.
    """
    alternatives = filled(pattern, strings)
    if alternatives is None and not caller_supplied_parameters.isdisjoint(
        piece.variable for piece in pattern
    ):
        return None
    return alternatives or (template(pattern, strings),)


class Generic(Struct, frozen=True):
    """What is known, before anything runs, of procedures whose SQL depends on their callers.

    `takers`: the keys of those that put a parameter into SQL, or pass one on as a string.
    `executors`: of those that run strings of which their text alone does not tell all. `passed`:
    the parameters of takers for which some call in the scan passes a string, by their keys.
    """

    takers: frozenset[str] = frozenset()
    executors: frozenset[str] = frozenset()
    passed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def uses_strings(self, key: str) -> bool:
        """Does it matter to a procedure which strings a call passes?"""
        return key in self.takers or key in self.executors


def passed_elsewhere(
    naming: Naming,
    parameters: tuple[Parameter, ...],
    arguments: Iterable[Argument],
    caller_supplied_parameters: frozenset[str],
) -> frozenset[str]:
    """The parameters of a callee that depend on parameters of the caller which other calls tell.

    Args:
        naming: how names are compared.
        parameters: those of the callee.
        arguments: those of the call.
        caller_supplied_parameters: the parameters of the caller that its callers tell.
    """
    parameter_names: set[str] = set()
    for position, argument in enumerate(arguments):
        parameter = parameter_of(naming, parameters, argument, position)
        if parameter and not caller_supplied_parameters.isdisjoint(
            piece.variable for pattern in argument.strings for piece in pattern
        ):
            parameter_names.add(parameter.name.casefold())
    return frozenset(parameter_names)


# What is executed, in which module (None: a script), and in which database.
_CalledName: TypeAlias = tuple[Name, Name | None, str | None]


class _StringCall(Struct, frozen=True):
    """A call that passes strings.

    It has the keys of who calls (None: a script) and of what is called, and the parameters of
    the latter.
    """

    caller: str | None
    called: str
    parameters: tuple[Parameter, ...]
    arguments: tuple[Argument, ...]


def survey(files: Iterable[SourceFile], definitions: Definitions) -> Generic:
    """Look through all calls for strings that are passed."""
    naming = definitions.naming
    takers: set[str] = set()
    executors: set[str] = set()
    # by the name that is called: load scripts call one thousands of times
    executed: dict[_CalledName, list[tuple[str | None, Execute]]] = {}
    for file in files:
        for item in file.facts.items:
            module = module_name(item, file, naming) if isinstance(item, ModuleFact) else None
            caller = naming.key(module) if module else None
            for statement in item.body if isinstance(item, ModuleFact) else (item,):
                database = statement.database or item.database or file.database
                for effect in statement.effects:
                    if caller and _takes(effect):
                        takers.add(caller)
                    if caller and isinstance(effect, ExecuteString):
                        executors.add(caller)
                    # what only tells of objects calls nothing
                    if isinstance(effect, Execute) and not file.reference:
                        called = (effect.procedure, module, database)
                        executed.setdefault(called, []).append((caller, effect))
    calls: list[_StringCall] = []
    for called, executions in executed.items():
        entry = definitions.module(definitions.resolve(*called))
        key = naming.key(entry.name) if entry else ""
        if entry and key in takers:
            calls += (
                _StringCall(caller, key, entry.fact.parameters, effect.arguments)
                for caller, effect in executions
                if any(argument.strings for argument in effect.arguments)
            )
    return Generic(frozenset(takers), frozenset(executors), _passed(calls, naming))


def _takes(effect: Effect) -> bool:
    patterns: list[Pattern] = [effect.pattern] if isinstance(effect, ExecuteString) else []
    if isinstance(effect, Execute):
        patterns += (pattern for argument in effect.arguments for pattern in argument.strings)
    return any(piece.variable for pattern in patterns for piece in pattern)


def _passed(calls: Iterable[_StringCall], naming: Naming) -> dict[str, frozenset[str]]:
    """The parameters that take a string in the end, through however many callers.

    One that is only handed round takes none.
    """
    pending = list(calls)
    by_caller: dict[str | None, list[_StringCall]] = {}
    for call in pending:
        by_caller.setdefault(call.caller, []).append(call)
    string_parameters: dict[str, frozenset[str]] = {}
    # procedures hand strings on to others, in any order and in circles
    while pending:
        call = pending.pop()
        previous_parameters = string_parameters.get(call.called, frozenset())
        caller_parameters = (
            string_parameters.get(call.caller, frozenset()) if call.caller else frozenset()
        )
        updated_parameters = previous_parameters | _given(call, caller_parameters, naming)
        if updated_parameters != previous_parameters:
            string_parameters[call.called] = updated_parameters
            pending += by_caller.get(call.called, ())
    return string_parameters


def _given(call: _StringCall, caller_parameters: frozenset[str], naming: Naming) -> frozenset[str]:
    """The parameters that a call gives strings, where the `caller_parameters` have them."""
    parameter_names: set[str] = set()
    for position, argument in enumerate(call.arguments):
        parameter = parameter_of(naming, call.parameters, argument, position)
        if parameter and any(_tells(pattern, caller_parameters) for pattern in argument.strings):
            parameter_names.add(parameter.name.casefold())
    return frozenset(parameter_names)


def _tells(pattern: Pattern, caller_parameters: frozenset[str]) -> bool:
    if all(piece.known or piece.variable in caller_parameters for piece in pattern):
        return True
    values = (
        _is_value(piece) and not piece.variable
        for piece in pattern
        if not (piece.known or piece.variable in caller_parameters)
    )
    return _is_sql(pattern) and all(values)
