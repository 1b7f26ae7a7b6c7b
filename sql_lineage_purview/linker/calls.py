"""Arguments of calls: which parameter each is for, and the strings that callers pass for SQL that a procedure puts together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

from ..model.facts import Argument, Effect, Execute, ExecuteString, ModuleFact, Parameter, Pattern, Piece, SourceFile
from ..model.limits import STRING_CHARACTERS
from ..model.naming import Naming
from .objects import Objects, module_name

# The strings that parameters may hold in a run, by folded name.
Strings: TypeAlias = Mapping[str, tuple[str, ...]]

_MARK = re.compile(r"\$\{@[^{}\n]*\}")
_SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|EXEC|EXECUTE|DECLARE|SET|IF|TRUNCATE|CREATE)\s", re.IGNORECASE)
_MOST = 64  # strings that one statement may run, or one parameter hold


def parameter_of(naming: Naming, parameters: tuple[Parameter, ...], argument: Argument, position: int) -> Parameter | None:
    """The parameter that an argument is for: by its name, else by its place. None for `@x = ` before the procedure's name."""
    if argument.parameter:
        wanted = naming.fold(argument.parameter)
        return next((one for one in parameters if naming.fold(one.name) == wanted), None)
    if argument.parameter == "":
        return None
    return parameters[position] if position < len(parameters) else None


def passed_strings(naming: Naming, parameters: tuple[Parameter, ...], arguments: Iterable[Argument], known: Strings) -> Strings:
    """The strings that a call gives the parameters, as far as they are known; a parameter left out has its default."""
    given: dict[str, tuple[str, ...]] = {}
    passed: set[str] = set()
    known = {name: tuple(_MARK.sub("${…}", text) for text in texts) for name, texts in known.items()}
    for position, argument in enumerate(arguments):
        parameter = parameter_of(naming, parameters, argument, position)
        if parameter is None:
            continue
        passed.add(parameter.name)
        ways = [filled(pattern, known) or _with_values(pattern, known) for pattern in argument.strings]
        texts = tuple(dict.fromkeys(text for way in ways for text in way or ()))
        small = len(texts) <= _MOST and sum(map(len, texts)) <= STRING_CHARACTERS
        if texts and small and all(way is not None for way in ways):
            given[parameter.name.casefold()] = texts
    for parameter in parameters:
        if parameter.name not in passed and parameter.default is not None:
            given[parameter.name.casefold()] = (parameter.default,)
    return given


def _with_values(pattern: Pattern, known: Strings) -> tuple[str, ...] | None:
    """SQL in which values of the caller's variables stand; what is called finds them by their marks. Nothing else may be open."""
    if not _is_sql(pattern) or not all(piece.known or piece.variable or _is_value(piece) for piece in pattern):
        return None
    return filled(tuple(piece if piece.known or piece.variable else Piece(piece.text) for piece in pattern), known)


def _is_sql(pattern: Pattern) -> bool:
    return any(piece.known and _SQL.match(piece.text) for piece in pattern[:1])


def _is_value(piece: Piece) -> bool:
    """Is it the value of a variable of the caller's, not of an expression?"""
    return piece.value is not None and not piece.value.startswith("@=")


def filled(pattern: Pattern, known: Strings) -> tuple[str, ...] | None:
    """The strings that a pattern may be; None where a piece of it is not known."""
    variables = list(dict.fromkeys(piece.variable or "" for piece in pattern if not piece.known))
    values = [known.get(variable, ()) for variable in variables]
    if not 0 < prod(map(len, values)) <= _MOST:
        return None
    longest = dict(zip(variables, (max(map(len, held)) for held in values), strict=True))
    known_length = sum(len(piece.text) for piece in pattern if piece.known)
    if known_length + sum(longest[piece.variable or ""] for piece in pattern if not piece.known) > STRING_CHARACTERS:
        return None
    found: dict[str, None] = {}
    for way in product(*values):  # a parameter has one value wherever it stands
        held = {variable: (value,) for variable, value in zip(variables, way, strict=True)}
        found["".join(text for piece in pattern for text in _choices(piece, held) or ())] = None
    return tuple(found)


def _choices(piece: Piece, known: Strings) -> tuple[str, ...] | None:
    if piece.known:
        return (piece.text,)
    values = known.get(piece.variable) if piece.variable else None
    return None if values is None else tuple(_quoted(value) if piece.quoted else value for value in values)


def _quoted(value: str) -> str:
    return f"[{value.replace(']', ']]')}]"


def template(pattern: Pattern, known: Strings) -> str:
    """The one string of a pattern in which what is not known stands as `${@name}`."""
    pieces: list[str] = []
    for piece in pattern:
        values = _choices(piece, known)
        pieces.append(values[0] if values and len(values) == 1 else piece.text)
    return "".join(pieces)


def texts(pattern: Pattern, known: Strings, elsewhere: frozenset[str]) -> tuple[str, ...] | None:
    """The strings that are run where a pattern is executed, as far as they are known.

    None: a call that tells more of the parameters, of those that are told `elsewhere`, has a run of its own.
    """
    found = filled(pattern, known)
    if found is None and not elsewhere.isdisjoint(piece.variable for piece in pattern):
        return None
    return found or (template(pattern, known),)


@dataclass(frozen=True, slots=True)
class Generic:
    """What is known, before anything runs, of procedures whose SQL depends on their callers.

    `takers`: the keys of those that put a parameter into SQL, or pass one on as a string. `passed`: the parameters for which
    some call in the scan passes a string, by the key of the procedure.
    """

    takers: frozenset[str] = frozenset()
    passed: Mapping[str, frozenset[str]] = field(default_factory=dict)


def passed_elsewhere(
    naming: Naming, parameters: tuple[Parameter, ...], arguments: Iterable[Argument], elsewhere: frozenset[str]
) -> frozenset[str]:
    """The parameters of a callee that depend on parameters of the caller which other calls tell."""
    found: set[str] = set()
    for position, argument in enumerate(arguments):
        parameter = parameter_of(naming, parameters, argument, position)
        if parameter and not elsewhere.isdisjoint(piece.variable for pattern in argument.strings for piece in pattern):
            found.add(parameter.name.casefold())
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that passes strings: the keys of who calls (None: a script) and of what is called, with its parameters."""

    caller: str | None
    called: str
    parameters: tuple[Parameter, ...]
    arguments: tuple[Argument, ...]


def survey(files: Iterable[SourceFile], objects: Objects) -> Generic:
    """Look through all calls for strings that are passed."""
    naming = objects.naming
    takers: set[str] = set()
    calls: list[_Call] = []
    for file in files:
        for item in file.facts.items:
            module = module_name(item, file, naming) if isinstance(item, ModuleFact) else None
            caller = naming.key(module) if module else None
            for statement in item.body if isinstance(item, ModuleFact) else (item,):
                database = statement.database or item.database or file.database
                for effect in statement.effects:
                    if caller and _takes(effect):
                        takers.add(caller)
                    if isinstance(effect, Execute) and not file.reference:  # what only tells of objects calls nothing
                        called = objects.module(objects.base(objects.meant(effect.procedure, module, database)))
                        if called and any(argument.strings for argument in effect.arguments):
                            calls.append(_Call(caller, naming.key(called.name), called.fact.parameters, effect.arguments))
    return Generic(frozenset(takers), _passed(calls, naming))


def _takes(effect: Effect) -> bool:
    patterns: list[Pattern] = [effect.pattern] if isinstance(effect, ExecuteString) else []
    if isinstance(effect, Execute):
        patterns += (pattern for argument in effect.arguments for pattern in argument.strings)
    return any(piece.variable for pattern in patterns for piece in pattern)


def _passed(calls: Iterable[_Call], naming: Naming) -> dict[str, frozenset[str]]:
    """The parameters that take a string in the end, through however many callers. One that is only handed round takes none."""
    listed = list(calls)
    found: dict[str, frozenset[str]] = {}
    grown = True
    while grown:
        grown = False
        for call in listed:
            known = found.get(call.called, frozenset())
            own = found.get(call.caller, frozenset()) if call.caller else frozenset()
            given = known | _given(call, own, naming)
            if given != known:
                found[call.called] = given
                grown = True
    return found


def _given(call: _Call, own: frozenset[str], naming: Naming) -> frozenset[str]:
    """The parameters that a call gives strings, where the caller's `own` ones have them."""
    found: set[str] = set()
    for position, argument in enumerate(call.arguments):
        parameter = parameter_of(naming, call.parameters, argument, position)
        if parameter and any(_tells(one, own) for one in argument.strings):
            found.add(parameter.name.casefold())
    return frozenset(found)


def _tells(pattern: Pattern, own: frozenset[str]) -> bool:
    if all(piece.known or piece.variable in own for piece in pattern):
        return True
    values = (_is_value(piece) and not piece.variable for piece in pattern if not (piece.known or piece.variable in own))
    return _is_sql(pattern) and all(values)
