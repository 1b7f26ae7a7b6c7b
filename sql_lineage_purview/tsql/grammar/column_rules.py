"""Columns and constraints of tables.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/alter-table-table-constraint-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..reading.cursor import END, STRING
from .expression_rules import condition, type_name, value, values
from .rule_cursor import RuleCursor
from .source_rules import names

_CONSTRAINTS = frozenset(
    {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "DEFAULT"}
)
_ENDS = frozenset({",", ")", END})


def columns(c: RuleCursor) -> None:
    """The columns and constraints of a table, a comma behind the last one allowed."""
    definition(c)
    while c.accept(","):
        # `(a int,)` is taken by the server for tables, though not for table variables
        if c.word == ")":
            return
        definition(c)


def columns_of_variable(c: RuleCursor) -> None:
    """The columns of a table variable, where no comma ends the list."""
    c.commas(definition)


_SORTED = ("SORTED_DATA", "SORTED_DATA_REORG")


def definitions(c: RuleCursor) -> None:
    """Columns, constraints and the like with commas between them."""
    c.commas(definition)


def definition(c: RuleCursor) -> None:
    """A column, a constraint, an index or a period."""
    if c.word == "PERIOD" and c.peek() == "FOR":
        c.skip(3)
        c.expect_group()
    elif c.word not in _CONSTRAINTS and (c.word != "CONNECTION" or c.peek() != "("):
        _column(c)
    while c.word not in _ENDS:
        _option(c)


def _column(c: RuleCursor) -> None:
    c.expect_name()
    if c.word == "AS":
        c.advance()
        value(c)
    # `timestamp` alone is a column of this name and type
    elif not (c.before() == "TIMESTAMP" and (c.word in _ENDS or c.word in _OPTIONS)):
        type_name(c)


def _option(c: RuleCursor) -> None:
    """One of the words behind a column's type, or of a constraint."""
    rule = _OPTIONS.get(c.word)
    if rule is None:
        c.fail()
    c.advance()
    rule(c)


def _alone(c: RuleCursor) -> None:
    """A word that needs no other."""


def _not(c: RuleCursor) -> None:
    if c.accept("FOR"):
        c.expect("REPLICATION")
    else:
        c.expect("NULL", "ENFORCED")


def _keys(c: RuleCursor) -> None:
    """What may have columns in parentheses: UNIQUE, CLUSTERED, HASH."""
    if c.word == "(":
        c.expect_group()


def _key(c: RuleCursor) -> None:
    c.expect("KEY")
    _keys(c)


def _identity(c: RuleCursor) -> None:
    if c.word == "(":
        c.inside(values)


def _named(c: RuleCursor) -> None:
    c.expect_name()


def _indexed(c: RuleCursor) -> None:
    c.expect_name()
    _keys(c)


def _references(c: RuleCursor) -> None:
    c.expect_dotted_name()
    if c.word == "(":
        c.inside(names)


def _check(c: RuleCursor) -> None:
    if c.accept("NOT"):
        c.expect("FOR")
        c.expect("REPLICATION")
    c.inside(condition)


def _default(c: RuleCursor) -> None:
    value(c)
    if c.accept("FOR"):
        c.expect_name()


def _generated(c: RuleCursor) -> None:
    """GENERATED ALWAYS AS ROW START."""
    c.expect("ALWAYS")
    c.expect("AS")
    c.expect_name()
    c.expect("START", "END")


def _with(c: RuleCursor) -> None:
    """WITH (options), WITH VALUES, and two old forms.

    Of old there are WITH FILLFACTOR = 80 and WITH SORTED_DATA FILLFACTOR = 80.
    """
    if c.word == "(":
        c.expect_group()
        return
    if not c.accept(*_SORTED):
        c.advance()
    while c.word in ("=", *_SORTED) or c.peek() == "=" or (c.word == "," and c.peek(2) == "="):
        c.skip(1 if c.word in _SORTED or c.peek() == "=" else 2)


def _grouped(c: RuleCursor) -> None:
    c.accept("WITH")
    c.expect_group()


def _where(c: RuleCursor) -> None:
    condition(c)


def _on(c: RuleCursor) -> None:
    """ON a filegroup, or ON DELETE SET NULL of a reference."""
    if c.accept("DELETE", "UPDATE"):
        if c.accept("NO"):
            c.expect("ACTION")
        elif c.accept("SET"):
            c.expect("NULL", "DEFAULT")
        else:
            c.expect("CASCADE")
        return
    if not c.accept(STRING, "PRIMARY", "DEFAULT"):
        c.expect_name()
    _keys(c)


def _for(c: RuleCursor) -> None:
    """FOR ALL_SPARSE_COLUMNS, of a column set; FOR a column, of a default."""
    c.expect_name()


_OPTIONS: Mapping[str, Callable[[RuleCursor], None]] = {
    **dict.fromkeys(
        "NULL SPARSE ROWGUIDCOL PERSISTED HIDDEN FILESTREAM COLUMN_SET ENFORCED".split(), _alone
    ),
    **dict.fromkeys(("UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "HASH"), _keys),
    **dict.fromkeys(("PRIMARY", "FOREIGN"), _key),
    **dict.fromkeys(("CONSTRAINT", "COLLATE"), _named),
    **dict.fromkeys(("MASKED", "ENCRYPTED", "INCLUDE", "CONNECTION"), _grouped),
    "NOT": _not,
    "IDENTITY": _identity,
    "INDEX": _indexed,
    "REFERENCES": _references,
    "CHECK": _check,
    "DEFAULT": _default,
    "GENERATED": _generated,
    "WITH": _with,
    "WHERE": _where,
    "ON": _on,
    "FILESTREAM_ON": _on,
    "TEXTIMAGE_ON": _on,
    "FOR": _for,
}
