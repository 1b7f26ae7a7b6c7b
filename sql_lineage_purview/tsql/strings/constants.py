"""Constants: the strings that the variables of a script or module hold, statement by statement.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/variables-transact-sql
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from msgspec import Struct, field

from ...model.copied_mapping import CopiedMapping
from ...model.facts import Jump, Label
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token
from ..reading.words import (
    assigns_variable,
    compares,
    find,
    select_list_at,
    split,
    word_at,
    words_of,
)
from .arms import Arms, State, may_be_null, of_one_arm, values_of
from .folding import alternatives
from .patterns import (
    UNKNOWN,
    Patterns,
    chosen,
    is_opaque,
    joined,
    of_variable,
    parameter,
    settled,
    some,
    unknown,
)
from .row_texts import Listed, Row, assigned_by_rows, rows_of

# words of conditions over variables alone
_PLAIN = frozenset({"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "N"})
_ASSIGNS = ("=", "+=", "||=")
_FILLING = frozenset({"FETCH", "RECEIVE", "GET"})


class Captured(Struct, frozen=True):
    """An expression that a statement puts into a string.

    It has the name that its value goes by, its tokens, and those from FROM on.
    """

    name: str
    expression: list[Token]
    source: list[Token]


class Constants(Struct):
    """The strings that variables may hold, as far as the statements have been read.

    A variable that is NULL has none; one that may also be NULL has a mark beside its strings, under
    `?` and its name.
    """

    # the values, or the arms that leave them
    state: State = field(default_factory=CopiedMapping)
    choices: int = 0
    conditions: dict[tuple[str, ...], int] = field(default_factory=dict)
    # how often each variable has been assigned
    changes: dict[str, int] = field(default_factory=dict)
    # what there was at each GOTO, by its label
    jumps: dict[str, list[CopiedMapping[Patterns]]] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Iterable[str]) -> Constants:
        """At the start of a module: its parameters hold what a caller passes."""
        return cls(CopiedMapping({name.casefold(): parameter(name) for name in parameters}))

    @property
    def values(self) -> CopiedMapping[Patterns]:
        """What each variable holds.

        The arms of an IF are joined when somebody asks: where nobody does, it may be the ELSE of
        another, and is joined with that.
        """
        self.state = values = values_of(self.state)
        return values

    @values.setter
    def values(self, values: CopiedMapping[Patterns]) -> None:
        self.state = values

    def follow(
        self, tokens: list[Token], *, branching: bool, looping: bool = False
    ) -> list[Captured]:
        """Take in what a DECLARE, SET or SELECT assigns.

        What a branch assigns is an alternative to what was there before.

        The answer are the expressions that stand in strings from here on, of which the text does
        not tell the value.
        """
        captured: list[Captured] = []
        verb, _ = words_of(tokens)
        if verb == "WITH":  # common table expressions
            tokens = tokens[find(tokens, {"SELECT", "UPDATE"}) :]
            verb, _ = words_of(tokens)
        if verb not in ("DECLARE", "SET", "SELECT"):
            self._forget(tokens)
            return captured
        declares = verb == "DECLARE"
        sources = _behind_select_list(tokens) if verb == "SELECT" else []
        unconditional = not sources
        items = split(tokens[select_list_at(tokens) : len(tokens) - len(sources)])
        pieces = [
            piece
            for piece in items
            if assigns_variable(piece) or (declares and piece and piece[0].kind is Kind.VARIABLE)
        ]
        if not pieces:
            return captured
        # SELECT @a = 'x', @b = @a: which of them is first is not promised, so all see what stood
        # before
        before = self.values.copied() if len(pieces) > 1 else self.values
        rows = None if unconditional else rows_of(sources, before, alternatives)
        for piece in pieces:
            name = piece[0].value.casefold()
            patterns = _assigned(piece, before) if unconditional else _selected(piece, before, rows)
            patterns = (
                None
                if patterns is None
                else settled(patterns, partial(self._number, looping=looping))
            )
            if patterns is None:
                self._changed(name)  # SET @n -= 1
                # DECLARE @n int: a variable without a value is NULL, but not anew in each round of
                # a loop
                if declares:
                    self.values.setdefault(name, ())
                continue
            # SET @sql += … in a loop: how often it runs is not known, so what comes of it is not
            # either
            if looping and any(token.value.casefold() == name for token in piece[1:]):
                # what it becomes in each round
                patterns = joined((before.get(name) or UNKNOWN, UNKNOWN))
            patterns = tuple(
                of_variable(piece[0])[0] if is_opaque(pattern) else pattern for pattern in patterns
            )
            captured += _captured(patterns, tokens, sources)
            self._hold(name, patterns, branching=branching)
        return captured

    def _hold(self, name: str, patterns: Patterns, *, branching: bool) -> None:
        self._changed(name)
        previous = self.values.get(name)
        if len(patterns) > 1:  # one of them, wherever the variable stands
            self.choices += 1
            patterns = chosen(patterns, self.choices)
        if not branching:
            self.values.pop(f"?{name}", None)
        # NULL before a branch that may not be taken: it may still be NULL
        elif previous == ():
            self.values[f"?{name}"] = ()
        self.values[name] = some((*(previous or ()), *patterns)) if branching else patterns

    def _changed(self, name: str) -> None:
        self.changes[name] = self.changes.get(name, 0) + 1

    def choice(self, condition: list[Token]) -> int:
        """The number of the choice that an IF makes.

        It is the same for two IFs of one condition whose variables keep their values.
        """
        self.choices += 1
        if not (_of_variables(condition) or _of_catalog(condition)):
            return self.choices
        return self._number(tuple(token.value.casefold() for token in condition))

    def _number(self, condition: tuple[str, ...], *, looping: bool = False) -> int:
        """The number of a choice.

        It is the same again where its variables have not changed, but not in the next round
        of a loop.
        """
        self.choices += 1
        if looping:
            return self.choices
        changes = (
            f"{word}:{self.changes.get(word, 0)}" for word in condition if word.startswith("@")
        )
        return self.conditions.setdefault((*condition, *changes), self.choices)

    def join(
        self, before: CopiedMapping[Patterns], end: State, otherwise: State, choice: int
    ) -> None:
        """Behind an IF: each variable holds what THEN left, or ELSE.

        Args:
            before: What there was before it.
            end: What THEN left.
            otherwise: What ELSE left: it may be arms that are not joined yet, those of an ELSE IF.
            choice: The number of what its condition chooses.
        """
        arms = otherwise if isinstance(otherwise, Arms) else Arms(before, otherwise)
        arms.add(before, values_of(end), choice)
        self.state = arms

    def either(self, others: Iterable[CopiedMapping[Patterns]], choice: int) -> None:
        """Behind arms, as of a TRY: each variable holds what one of them left."""
        ends = list(others)
        values = ends[0].copied()
        names = dict.fromkeys(
            name for end in ends[1:] for name in (*end.differing(ends[0]), *ends[0].differing(end))
        )
        for name in names:
            by_arm = [end.get(name, () if name.startswith("?") else None) for end in ends]
            values[name] = of_one_arm(by_arm, choice)
            if not name.startswith("?") and may_be_null(values[name], by_arm):
                values[f"?{name}"] = ()
        self.values = values

    def mark(self, mark: Jump | Label) -> None:
        """A GOTO, or a label: there is what stood before it, or what there was at a GOTO."""
        if isinstance(mark, Jump):
            self.jumps.setdefault(mark.label.casefold(), []).append(self.values.copied())
        elif ends := self.jumps.pop(mark.name.casefold(), []):
            self.choices += 1
            self.either([*ends, self.values], self.choices)

    def _forget(self, tokens: list[Token]) -> None:
        """Forget values that are no longer known.

        That is so after FETCH INTO, RECEIVE, an OUTPUT argument, UPDATE … SET @v, and EXEC @v = p.
        """
        fills = _fills_variables(tokens)
        for index, token in enumerate(tokens):
            if token.kind is not Kind.VARIABLE:
                continue
            following = word_at(tokens, index + 1)
            if (
                fills
                or following in ("OUTPUT", "OUT")
                or (tokens[0].upper == "UPDATE" and following in _ASSIGNS)
                or (tokens[0].upper in ("EXEC", "EXECUTE") and index == 1 and following == "=")
            ):
                self._changed(token.value.casefold())
                self.values[token.value.casefold()] = of_variable(token)


def _fills_variables(tokens: list[Token]) -> bool:
    """Is it a statement that puts data into the variables which it names?

    A variable that it only asks for (`RECEIVE @m = message_body FROM q WHERE conversation_handle =
    @h`) counts, too: forgetting too much makes a gap, too little a wrong edge.
    """
    words = tuple(word_at(tokens, index) for index in range(2))
    return words[0] in _FILLING or words in (("WAITFOR", "("), ("BEGIN", "DIALOG"))


def _behind_select_list(tokens: list[Token]) -> list[Token]:
    """What stands in a SELECT from FROM on, or from the clause that comes without it."""
    cursor = Cursor(tokens, 1)
    cursor.until("FROM", "WHERE", "ORDER", "OPTION")
    return cursor.rest()


def _of_variables(condition: list[Token]) -> bool:
    """Does a condition ask for nothing but variables and constants?"""
    plain = all(token.kind is not Kind.WORD or token.upper in _PLAIN for token in condition)
    return plain and not any(
        token.value.startswith("@@") or token.kind is Kind.QUOTED for token in condition
    )


def _of_catalog(condition: list[Token]) -> bool:
    """Does a condition ask the catalogue alone, as `EXISTS (SELECT … FROM sys.columns …)` does?

    What the database has is the same a few statements later.
    """
    read = [
        word_at(condition, at + 1)
        for at, token in enumerate(condition)
        if token.upper in ("FROM", "JOIN") and not compares(condition, at)
    ]
    return bool(read) and all(name in ("SYS", "INFORMATION_SCHEMA") for name in read)


def _assigned(piece: list[Token], before: Mapping[str, Patterns]) -> Patterns | None:
    """What a piece `@v = x`, `@v += x` or `@v type = x` gives the variable.

    None where it is no assignment.
    """
    equals = next((i for i, token in enumerate(piece) if token.upper in _ASSIGNS), None)
    if equals is None:
        return None
    # no strings at all: a string that NULL is added to is NULL, and nothing runs
    if len(piece) == equals + 2 and piece[-1].upper == "NULL":
        return ()
    patterns = alternatives(piece[equals + 1 :], before)
    if piece[equals].upper != "=":
        patterns = joined((before.get(piece[0].value.casefold()) or UNKNOWN, patterns))
    return patterns


def _selected(
    piece: list[Token], before: Mapping[str, Patterns], rows: list[Row] | None
) -> Patterns | None:
    """What `SELECT @v = x FROM …` gives.

    Of rows of constants that is the last one's or their list, else what any row may give.
    """
    name = piece[0].value.casefold()
    aggregate = any(token.upper == "STRING_AGG" for token in piece)
    if rows and not aggregate:
        return assigned_by_rows(
            name, rows, lambda constants: _assigned(piece, constants) or (), before
        )
    patterns = _assigned(piece, Listed(before, rows))
    if patterns is None or (rows and aggregate):
        return patterns
    # SELECT @v = @v + name FROM sys.tables puts together what all rows hold
    self_reference = (
        any(token.value.casefold() == name for token in piece[1:])
        or words_of(piece)[1] in _ASSIGNS[1:]
    )
    if self_reference or any(unknown(pattern) for pattern in patterns):
        return of_variable(piece[0])
    # no row: it keeps what it has
    return some((*(pattern for pattern in before.get(name) or () if pattern), *patterns))


def _captured(patterns: Patterns, tokens: list[Token], source: list[Token]) -> list[Captured]:
    """The expressions of a statement whose values stand in a string beside a text."""
    captures: dict[str, Captured] = {}
    for piece in (
        piece
        for pattern in patterns
        if any(piece.known and piece.text.strip() for piece in pattern)
        for piece in pattern
    ):
        start, _, end = (piece.value or "").removeprefix("@=").partition("-")
        if (
            start.isdigit()
            and end.isdigit()
            and tokens[0].start <= int(start)
            and int(end) <= tokens[-1].end
        ):
            expression = [
                token for token in tokens if int(start) <= token.start and token.end <= int(end)
            ]
            captures[piece.value or ""] = Captured(piece.value or "", expression, source)
    return [
        capture
        for capture in captures.values()
        if any(token.name or token.kind is Kind.VARIABLE for token in capture.expression)
    ]
