"""CREATE, ALTER and DROP: the kinds of objects, and the rules of those that lineage depends on.

Source: https://learn.microsoft.com/sql/t-sql/statements/statements, with those of Synapse, Fabric
and Azure SQL.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..reading.cursor import END, VARIABLE
from .column_rules import columns
from .expression_rules import condition, type_name
from .head_rules import head
from .query_rules import common_tables, select_statement
from .rule_cursor import Rule, RuleCursor
from .simple_rules import rest
from .source_rules import names
from .table_rules import alter_table, table

_LONGEST = 4  # words of a kind
# A kind of object, and behind it the verbs that it has: C, A, D.
_KINDS = """
AGGREGATE CD; APPLICATION ROLE CAD; ASSEMBLY CAD; ASYMMETRIC KEY CAD; AUTHORIZATION A;
AVAILABILITY GROUP CAD; BROKER PRIORITY CAD; CERTIFICATE CAD; COLUMN ENCRYPTION KEY CAD;
COLUMN MASTER KEY CD; COUNTER SIGNATURE D; CONTRACT CD; CREDENTIAL CAD; CRYPTOGRAPHIC PROVIDER CAD;
DATABASE CAD; DATABASE AUDIT SPECIFICATION CAD; DATABASE ENCRYPTION KEY CAD;
DATABASE SCOPED CONFIGURATION A; DATABASE SCOPED CREDENTIAL CAD; DEFAULT CD; DIAGNOSTICS SESSION CD;
ENDPOINT CAD; EVENT NOTIFICATION CD; EVENT SESSION CAD; EXTERNAL DATA SOURCE CAD;
EXTERNAL FILE FORMAT CAD; EXTERNAL LANGUAGE CAD; EXTERNAL LIBRARY CAD; EXTERNAL MODEL CAD;
EXTERNAL RESOURCE POOL CAD; EXTERNAL STREAM CD; EXTERNAL STREAMING JOB CD; EXTERNAL TABLE CAD;
FEDERATION CAD; FULLTEXT CATALOG CAD; FULLTEXT INDEX CAD; FULLTEXT STOPLIST CAD; FUNCTION CAD;
INDEX CAD; LOGIN CAD; MASTER KEY CAD; MATERIALIZED VIEW CAD; MESSAGE TYPE CAD;
PARTITION FUNCTION CAD; PARTITION SCHEME CAD; PROC CAD; PROCEDURE CAD; QUEUE CAD;
REMOTE SERVICE BINDING CAD; REMOTE TABLE C; RESOURCE GOVERNOR A; RESOURCE POOL CAD; ROLE CAD;
ROUTE CAD; RULE CD; SCHEMA CAD; SEARCH PROPERTY LIST CAD; SECURITY POLICY CAD;
SENSITIVITY CLASSIFICATION D; SEQUENCE CAD; SERVER AUDIT CAD; SERVER AUDIT SPECIFICATION CAD;
SERVER CONFIGURATION A; SERVER ROLE CAD; SERVICE CAD; SERVICE MASTER KEY A; SIGNATURE D;
STATISTICS CD; SYMMETRIC KEY CAD; SYNONYM CD; TABLE CAD; TRIGGER CAD; TYPE CD; USER CAD; VIEW CAD;
WORKLOAD CLASSIFIER CAD; WORKLOAD GROUP CAD; XML SCHEMA COLLECTION CAD; COLUMNSTORE INDEX C;
JSON INDEX C; VECTOR INDEX C; SPATIAL INDEX C; XML INDEX C; PRIMARY XML INDEX C;
SELECTIVE XML INDEX C
"""
# What may stand before INDEX.
_OF_INDEX = ("UNIQUE", "CLUSTERED", "NONCLUSTERED")


def _kinds(verb: str) -> frozenset[tuple[str, ...]]:
    entries = (entry.split() for entry in _KINDS.split(";"))
    return frozenset(tuple(words) for *words, verbs in entries if verb in verbs)


KINDS = {"CREATE": _kinds("C"), "ALTER": _kinds("A"), "DROP": _kinds("D")}


def definition(c: RuleCursor) -> None:
    """CREATE, ALTER or DROP of an object."""
    verb = c.word
    start = c.index
    c.advance()
    # IF NOT EXISTS, of no T-SQL but often written
    if verb == "CREATE" and c.word == "TABLE" and c.peek() == "IF":
        rest(c)
        return
    if c.word == "OR" and c.peek() == "ALTER":
        c.skip(2)
    if verb == "CREATE":
        while c.accept(*_OF_INDEX):
            pass
    kind = _kind(c, KINDS[verb])
    if not kind:
        c.fail()
    rule = _RULES[verb].get(" ".join(kind))
    c.skip(len(kind))
    if rule is head:
        c.go_to(start)
    (rule or _named)(c)


def _kind(c: RuleCursor, kinds: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest kind that stands here."""
    words = tuple(c.peek(ahead) for ahead in range(_LONGEST))
    # the longest, since DATABASE AUDIT SPECIFICATION begins like DATABASE
    return next((words[:count] for count in range(_LONGEST, 0, -1) if words[:count] in kinds), ())


def _named(c: RuleCursor) -> None:
    """Something stands behind the kind, and is not looked into."""
    if not c.word:
        c.fail()
    rest(c)


def _names(c: RuleCursor) -> None:
    """DROP … [IF EXISTS] a, b."""
    _if_exists(c)
    c.commas(RuleCursor.expect_dotted_name)


def _name(c: RuleCursor) -> None:
    _if_exists(c)
    c.expect_dotted_name()
    c.accept("CASCADE", "RESTRICT")


def _if_exists(c: RuleCursor) -> None:
    if c.accept("IF"):
        c.expect("EXISTS")


def _trigger(c: RuleCursor) -> None:
    _names(c)
    if c.accept("ON"):
        rest(c)


def _routine(c: RuleCursor) -> None:
    """DROP PROCEDURE p;2."""
    _names(c)
    if c.word == ";":
        rest(c)


def _anything(c: RuleCursor) -> None:
    rest(c)


def _type(c: RuleCursor) -> None:
    c.expect_dotted_name()
    if c.accept("FROM"):
        type_name(c)
        c.accept("NOT")
        c.accept("NULL")
    elif c.accept("AS"):
        c.expect("TABLE")
        c.inside(columns)
        if c.accept("WITH"):
            c.expect_group()
    else:
        c.expect("EXTERNAL")
        rest(c)


def _synonym(c: RuleCursor) -> None:
    c.accept(".")
    c.expect_dotted_name()
    c.expect("FOR")
    c.expect_dotted_name()


def _external_table(c: RuleCursor) -> None:
    """An external table: where its data is stands behind WITH."""
    c.expect_dotted_name()
    if c.word == "(":
        # columns with types, or of a CETAS their names alone
        c.inside(columns if c.peek(2) not in (",", ")") else names)
    if c.word:  # a catalogue does not tell where its data is
        c.expect("WITH")
        c.expect_group()
    if c.accept("AS"):
        if c.word == "WITH":
            common_tables(c)
        select_statement(c)


def _index(c: RuleCursor) -> None:
    """An index on a table or view."""
    if not c.accept(VARIABLE):
        c.expect_name()
    c.expect("ON")
    c.expect_dotted_name()
    if c.word == "(":
        c.inside(_keys)
        if c.accept("INCLUDE"):
            c.inside(names)
        if c.accept("WHERE"):
            condition(c)
        if c.word not in ("WITH", "ON", "FILESTREAM_ON", "ORDER", END):
            c.fail()
    rest(c)


def _keys(c: RuleCursor) -> None:
    c.commas(_key)


def _key(c: RuleCursor) -> None:
    c.expect_name()
    c.accept("ASC", "DESC")


_DROPPED_BY_NAMES = (
    *"TABLE VIEW SYNONYM SEQUENCE DEFAULT RULE STATISTICS DATABASE AGGREGATE".split(),
    "EXTERNAL TABLE",
    "MATERIALIZED VIEW",
)
_MODULES = dict.fromkeys(
    ("PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER", "MATERIALIZED VIEW"), head
)
_RULES: Mapping[str, Mapping[str, Rule]] = {
    "CREATE": {
        **_MODULES,
        "TABLE": table,
        "EXTERNAL TABLE": _external_table,
        "TYPE": _type,
        "SYNONYM": _synonym,
        "INDEX": _index,
        "COLUMNSTORE INDEX": _index,
        "MASTER KEY": _anything,
    },
    "ALTER": {
        **_MODULES,
        "TABLE": alter_table,
        "MATERIALIZED VIEW": _named,
        "FULLTEXT STOPLIST": _named,
    },
    "DROP": {
        **dict.fromkeys(_DROPPED_BY_NAMES, _names),
        **dict.fromkeys(("PROC", "PROCEDURE", "FUNCTION"), _routine),
        **dict.fromkeys(("TYPE", "SCHEMA", "USER", "ROLE", "LOGIN"), _name),
        "TRIGGER": _trigger,
        **dict.fromkeys(("MASTER KEY", "DATABASE ENCRYPTION KEY"), _anything),
    },
}
