"""A call of a system procedure that takes SQL.

It has its arguments by the names of their parameters, and the strings that they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from ...model.facts import Argument, Effect, ExecuteString, Pattern, Piece
from ...model.limits import ALTERNATIVES
from ...model.names import Name, bracketed
from ..queries.statement_context import StatementContext
from ..reading.agent_tokens import tokens_of_agent
from ..reading.cursor import Cursor
from ..reading.lexer import Kind
from ..reading.words import split
from ..strings.folding import FoldedString, fold
from ..strings.patterns import Patterns, literal, merged, unknown
from .base import Tokens

_JOB_STEPS = frozenset({"sp_add_jobstep", "sp_update_jobstep"})


class SystemCall(Struct, frozen=True):
    """A call of which all strings are literal, `texts`, by the names of their parameters.

    `values` are the arguments of parameters that the caller declares; `results` the columns that
    WITH RESULT SETS names.
    """

    context: StatementContext
    tokens: Tokens
    name: Name
    texts: Mapping[str, str]
    values: tuple[Argument, ...] = ()
    results: tuple[str, ...] | None = None

    @property
    def server(self) -> str | None:
        """The linked server that runs the procedure."""
        return self.name.parts[0] if len(self.name.parts) == 4 else self.context.server

    @property
    def database(self) -> str:
        """The database that the name of the procedure tells."""
        return ("", "", *self.name.parts)[-3]

    def text(self, parameter: str) -> str:
        """The string of a parameter, "" where it is left out."""
        return self.texts.get(parameter, "")

    def run(self, string: FoldedString, database: str = "") -> None:
        """Execute a string, in a database where one is told.

        If nothing else is said, it runs where the procedure does.
        """
        text = f"USE {bracketed(database)}; {string.text}" if database else string.text
        self.context.execute(replace(string, text=text, server=string.server or self.server))

    def report(self, code: str, message: str) -> None:
        """Note a finding at the call."""
        self.context.report(code, message, self.tokens)


class SystemProcedure(Struct, frozen=True):
    """What is to be known of a procedure.

    `parameters` are its own, in their order; `texts` those of them whose strings tell what it does,
    the first being that which is executed; `follow` does what a call does.
    """

    parameters: tuple[str, ...]
    texts: tuple[str, ...]
    follow: Callable[[SystemCall], tuple[Effect, ...]]


class _Written(Struct, frozen=True):
    """The arguments of a call as written.

    They are those of the procedure's own parameters, and the pieces of all others.
    """

    arguments: Mapping[str, Tokens]
    others: Mapping[int, Tokens]  # by their place
    behind: Tokens


def follow_call(
    context: StatementContext,
    tokens: Tokens,
    end: int,
    name: Name,
    procedure: SystemProcedure,
    arguments: tuple[Argument, ...],
) -> tuple[Effect, ...]:
    """The effects of a call; `end` is the index behind the name.

    Strings that are put together are followed one by one.

    Args:
        context: of the statement.
        tokens: those of the statement.
        end: an index into the tokens.
        name: of the procedure, as called.
        procedure: which parameters are texts, and what it does with them.
        arguments: all that the call passes, in order.
    """
    written = _written(tokens[end:], procedure)
    strings: dict[str, Patterns] = {}
    for parameter in procedure.texts:
        value = written.arguments.get(parameter, [])
        if value and not (len(value) == 1 and value[0].upper in ("NULL", "DEFAULT")):
            strings[parameter] = _strings(context, value)
    if name.object.lower() in _JOB_STEPS:
        pieces = [
            piece for patterns in strings.values() for pattern in patterns for piece in pattern
        ]
        context.source.without_value.belong_to_agent(
            *(tokens_of_agent(piece.text) for piece in pieces)
        )
    if any(
        literal(pattern) is None and unknown(pattern)
        for pattern in strings.get(procedure.texts[0], ())
    ):
        context.report("SLP301", f"what {name} runs is not known", tokens)
        return ()
    if prod(map(len, strings.values())) > ALTERNATIVES:
        context.report("SLP301", f"{name}: its arguments may be too many strings to follow", tokens)
        return ()
    combinations = [
        dict(zip(strings, combination, strict=True)) for combination in product(*strings.values())
    ]
    if len(combinations) == 1 and all(
        literal(pattern) is not None for pattern in combinations[0].values()
    ):
        texts = {
            parameter: literal(pattern) or "" for parameter, pattern in combinations[0].items()
        }
        values = tuple(arguments[place] for place in written.others)
        return procedure.follow(
            SystemCall(context, tokens, name, texts, values, _result_columns(written.behind))
        )
    return tuple(
        effect
        for combination in combinations
        for effect in _by_string(context, tokens, _call_of(context, name, written, combination))
    )


def _written(tokens: Tokens, procedure: SystemProcedure) -> _Written:
    cursor = Cursor(tokens)
    arguments: dict[str, Tokens] = {}
    others: dict[int, Tokens] = {}
    # behind a named argument all are named, so the place tells only those before
    for place, piece in enumerate(split(cursor.until("WITH"))):
        named = len(piece) > 2 and piece[0].kind is Kind.VARIABLE and piece[1].upper == "="
        parameter = (
            piece[0].value.casefold() if named else "".join(procedure.parameters[place : place + 1])
        )
        if parameter in procedure.parameters:
            arguments[parameter] = piece[2:] if named else piece
        else:
            others[place] = piece
    return _Written(arguments, others, cursor.rest())


def _strings(context: StatementContext, value: Tokens) -> Patterns:
    """The strings of an argument; a bare word is one, and so is a number.

    Of a handle, which is passed back, its name.
    """
    if len(value) == 2 and value[1].upper in ("OUTPUT", "OUT"):
        value = value[:1]
    if len(value) == 1 and (value[0].name or value[0].kind is Kind.NUMBER):
        return ((Piece(value[0].value),),)
    return fold(value, context.constants.values)


def _call_of(
    context: StatementContext, name: Name, written: _Written, combination: Mapping[str, Pattern]
) -> Pattern:
    """The text of a call, with the strings that its arguments have in one combination."""
    pieces: list[Piece] = [Piece(f"EXEC {name}")]
    for parameter, pattern in combination.items():
        pieces += (
            Piece(f", {parameter} = N'" if len(pieces) > 1 else f" {parameter} = N'"),
            *quoted(pattern),
            Piece("'"),
        )
    for tokens in filter(None, written.others.values()):  # `@comma = ,` is refused by the server
        pieces.append(Piece(", " + context.source.text[tokens[0].start : tokens[-1].end]))
    if written.behind:
        pieces.append(
            Piece(" " + context.source.text[written.behind[0].start : written.behind[-1].end])
        )
    return merged(pieces)


def quoted(pattern: Pattern) -> Pattern:
    """A pattern as it stands in a string."""
    return tuple(
        replace(piece, text=piece.text.replace("'", "''")) if piece.known else piece
        for piece in pattern
    )


def _by_string(context: StatementContext, tokens: Tokens, pattern: Pattern) -> tuple[Effect, ...]:
    text = literal(pattern)
    if text is None:
        return (ExecuteString(pattern, context.span(tokens), server=context.server),)
    context.execute(FoldedString(text, server=context.server, certain=False))
    return ()


def _result_columns(tokens: Tokens) -> tuple[str, ...] | None:
    """The columns of `WITH RESULT SETS ((a int, b int))`."""
    cursor = Cursor(tokens)
    cursor.until("(")
    # WITH RESULT SETS UNDEFINED, NONE, or of an object or type: no names stand here
    if cursor.peek() != "(":
        return None
    definitions = [
        piece for columns in split(cursor.group()) for piece in split(Cursor(columns).group())
    ]
    names = [piece[0].value for piece in definitions if piece and piece[0].name]
    return tuple(names) or None
