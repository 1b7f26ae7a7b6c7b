"""Scripts of other dialects than T-SQL: told by marks, in statements that its grammar refuses.

A mark alone says nothing: most of them are names in T-SQL, as a column `pragma`, an alias `ilike`
or a table `dual`. Comments are no marks, but for those that a tool writes in the first line; nor is
what stands in strings. A script with marks of T-SQL is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import FileFacts, ModuleFact
from ...model.regex import regex
from ...model.unread import UnreadKind
from .lexer import comment_end

MOST = 50_000  # characters in which marks are looked for
_MARKS = 50  # of one dialect
# One of these stands in each text that a mark below fits: most scripts have none of them, and need
# no closer look.
_HINTS = (
    "`",
    "::",
    "$$",
    "or replace",
    "or refresh",
    "transient",
    "file format",
    "warehouse",
    "from @",
    "flatten",
    "javascript",
    "varchar2",
    "%rowtype",
    "%type",
    "from dual",
    "dbms_",
    "execute immediate",
    "connect by",
    "set define",
    "serveroutput",
    "delimiter",
    "engine",
    "auto_increment",
    "autoincrement",
    "on duplicate",
    "plpgsql",
    "create extension",
    "search_path",
    "pg_catalog",
    "serial",
    "on conflict",
    "like any",
    "ilike",
    "row format",
    "stored as",
    "inpath",
    "hive.",
    "msck",
    "using delta",
    "using parquet",
    "using csv",
    "using json",
    "using orc",
    "using iceberg",
    "tblproperties",
    "zorder",
    "temp view",
    "temporary view",
    "live table",
    "streaming table",
    "overwrite",
    "lateral view",
    "as struct",
    "safe_cast",
    "unnest",
    "pragma",
    "create stage",
    "create stream",
    "create task",
    "create pipe",
    "dynamic table",
    "use role",
    ":=",
    "deterministic",
    "sql data",
    "sql security",
    "definer",
)
# What is no mark; of strings and of names in quotation marks, these count.
_TEXT = regex(
    r"""--[^\n]*|(?P<comment>/\*)|(?P<quoted>'(?:[^']++|'')*+(?:'|\Z)|"(?:[^"]++|"")*+(?:"|\Z))|"""
    r"""\[(?:[^\]\n]++|\]\])*+\]""",
    re.DOTALL,
)
_OTHER_THAN_LINES = regex(r"[^\n]")
_SHORTEST = 3  # a quotation with something in it
_NAME = r"(?:\w+|\"[^\"\n]+\"|`[^`\n]+`)"


def _marks(*patterns: str) -> re.Pattern[str]:
    return regex("|".join(patterns), re.IGNORECASE | re.MULTILINE)


# What a script says in its first line.
_DATABRICKS = regex(r"\s*--\s*Databricks notebook source")
_FABRIC = regex(r"\s*--\s*Fabric notebook source")
_KERNEL = regex(r'--\s*META\s+"name":\s*"(?P<name>[\w-]+)"')
_TSQL_KERNELS = frozenset({"sqldatawarehouse", "tsql", "mssql"})
# https://docs.getdbt.com/reference/dbt-jinja-functions
_DBT = regex(
    r"\{\{-?\s*(?:config\s*\(|(?:ref|source|var)\s*\(\s*['\"])|\{%-?\s*(?:snapshot|"
    r"materialization)\s"
)

_TSQL = _marks(
    r"^[ \t]*GO[ \t]*(?:\d+[ \t]*)?$",
    r"\bDECLARE\s+@\w",
    r"\bSET\s+(?:NOCOUNT|ANSI_NULLS|QUOTED_IDENTIFIER|XACT_ABORT)\s+O(?:N|FF)\b",
    r"\bEXEC(?:UTE)?\s+(?:@\w+\s*=\s*)?(?:\w+\.){0,3}(?:sp_|usp_)\w+",
    r"\bIF\s+OBJECT_ID\s*\(",
    r"\bFROM\s+sys\.\w+",
    r"\bCREATE\s+OR\s+ALTER\s",
    r"\bWITH\s*\(\s*NOLOCK\b",
    r"\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)",
    r"\bDISTRIBUTION\s*=\s*(?:HASH|ROUND_ROBIN|REPLICATE)\b",
    r"\bOPENROWSET\s*\(",
    r"^[ \t]*:(?:setvar|r|connect)\b",
    r"\bNVARCHAR\s*\(\s*MAX\s*\)",
    r"\bSELECT\s+TOP\b",
    r"#\w+",
)
_CAST_TYPE = (
    r"(?:text|u?int(?:eger|\d)?|(?:big|small)int|numeric|varchar|date|timestamptz?|jsonb?|uuid|"
    r"bool(?:ean)?|interval|regclass)"
)
# https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql: `ON SCHEMA::date`
_SECURABLES = (
    "OBJECT|SCHEMA|TYPE|DATABASE|LOGIN|USER|ROLE|ASSEMBLY|CERTIFICATE|ENDPOINT|CONTRACT|SERVICE|"
    "KEY|CATALOG|STOPLIST|BINDING|ROUTE|COLLECTION|GROUP|LIST|CREDENTIAL|CONNECTION|LIBRARY|"
    "LANGUAGE|SOURCE|FORMAT"
)
_BRACKETED = regex(r"\[\w[^\]\n]*\]\s*\.\s*\[")

# These pass the grammar, which does not look into all statements or types, and no server takes
# them: a static member named like a built-in type, a type that is none of the server's with a
# length, which an alias type cannot have, and quotation by backticks.
_CERTAIN = (
    (
        UnreadKind.SNOWFLAKE_SCRIPT,
        _marks(
            r"^[ \t]*USE[ \t]+(?:WAREHOUSE|ROLE)[ \t]+(?!(?:GO|BEGIN|END|COMMIT|ROLLBACK|RETURN|"
            r"CHECKPOINT|RECONFIGURE|EXEC|EXECUTE)\b)\w+[ \t]*(?:;|$)"
        ),
    ),
    (UnreadKind.OTHER_SQL_SCRIPT, _marks(r"`\w+`(?:\s*\.\s*`\w+`)?[^`]*`\w+`")),
    (
        UnreadKind.POSTGRESQL_SCRIPT,
        _marks(
            rf"(?<![\w.@#$])(?!(?:{_SECURABLES})\s*::)(?:\w+\.)?[a-z_]\w*(?:\(\))?::{_CAST_TYPE}\b"
        ),
    ),
    (
        UnreadKind.ORACLE_SCRIPT,
        _marks(
            rf"\bCREATE\s+TABLE\s+(?:{_NAME}\.)?{_NAME}\s*\((?:[^()]|"
            rf"\([^()]*\))*?\w\s+N?VARCHAR2\s*\(\s*\d"
        ),
    ),
)
_DIALECTS = (
    (
        UnreadKind.SNOWFLAKE_SCRIPT,
        _marks(
            r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:TRANSIENT\s+TABLE|FILE\s+FORMAT|WAREHOUSE|PIPE|"
            r"STREAM|TASK|STAGE|DYNAMIC\s+TABLE)\s",
            r"\bUSE\s+(?:WAREHOUSE|ROLE)\s+\w",
            r"\bCOPY\s+INTO\s+[\w.\"]+\s+FROM\s+@(?:[~%]|[\w.]+(?:/|\s+(?:FILE_FORMAT|PATTERN|"
            r"ON_ERROR|FILES)\b))",
            r"\bLATERAL\s+FLATTEN\s*\(",
            r"\bLANGUAGE\s+JAVASCRIPT\b",
        ),
    ),
    (
        UnreadKind.ORACLE_SCRIPT,
        _marks(
            r"\bCREATE\s+OR\s+REPLACE\s+(?:(?:NON)?EDITIONABLE\s+)?(?:PACKAGE|TYPE|TRIGGER|"
            r"SYNONYM)\s",
            r"\bN?VARCHAR2\s*\(",
            r"%(?:ROWTYPE|TYPE)\b",
            r"\bFROM\s+DUAL\b",
            r"\bDBMS_\w+\.\w",
            r"\bEXECUTE\s+IMMEDIATE\s",
            r"\bCONNECT\s+BY\s+(?:NOCYCLE\s+)?PRIOR\b",
            r"^[ \t]*SET\s+(?:DEFINE|SERVEROUTPUT)\s+O(?:N|FF)\b",
        ),
    ),
    (
        UnreadKind.MYSQL_SCRIPT,
        _marks(
            r"^[ \t]*DELIMITER[ \t]+\S+[ \t]*$",
            r"\bENGINE\s*=\s*(?:InnoDB|MyISAM|MEMORY)\b",
            r"\b\w+(?:\s*\([\d,\s]+\))?\s+(?:UNSIGNED\s+)?(?:NOT\s+NULL\s+|"
            r"PRIMARY\s+KEY\s+)*AUTO_INCREMENT\b",
            r"\bCREATE\s+DEFINER\s*=",
            r"\bLOCK\s+TABLES\s+`",
            r"\bON\s+DUPLICATE\s+KEY\s+UPDATE\b",
        ),
    ),
    (
        UnreadKind.POSTGRESQL_SCRIPT,
        _marks(
            r"\bLANGUAGE\s+'?plpgsql\b",
            r"\$\w*\$\s*(?:BEGIN|DECLARE|SELECT|INSERT|UPDATE|DELETE|WITH)\b",
            rf"::\s*{_CAST_TYPE}\b",
            r"\bCREATE\s+EXTENSION\s",
            r"\bSET\s+search_path\b",
            r"\bpg_catalog\.",
            r"\b(?:BIG|SMALL)?SERIAL\s+(?:PRIMARY|NOT|UNIQUE)\b",
            r"\bON\s+CONFLICT\b[^;]{0,200}\bDO\s+(?:NOTHING|UPDATE)\b",
            r"\bI?LIKE\s+ANY\s*\(",
            rf"{_NAME}\s+(?:NOT\s+)?ILIKE\s*(?:['$:%?]|\s(?:concat|lower|upper|format|any|all|"
            rf"trim|coalesce)\s*\()",
            r"^\\(?:connect|copy|i|c)\s",
        ),
    ),
    (
        UnreadKind.MYSQL_SCRIPT,
        _marks(
            r"\bCREATE\s+(?:PROCEDURE|FUNCTION)\b[^;]{1,2000}?\b(?:(?:NOT\s+)?"
            r"DETERMINISTIC\b(?!\s*=)|(?:READS|MODIFIES)\s+SQL\s+DATA\b|"
            r"SQL\s+SECURITY\s+(?:DEFINER|INVOKER)\b)",
        ),
    ),
    (
        UnreadKind.HIVE_SCRIPT,
        _marks(
            r"\bROW\s+FORMAT\s+(?:SERDE|DELIMITED)\b",
            r"\bSTORED\s+AS\s+(?:ORC|PARQUET|TEXTFILE|AVRO|SEQUENCEFILE|RCFILE)\b",
            r"\bLOAD\s+DATA\s+(?:LOCAL\s+)?INPATH\b",
            r"^[ \t]*SET\s+hive\.",
            r"\bMSCK\s+REPAIR\s+TABLE\b",
        ),
    ),
    (
        UnreadKind.SPARK_SQL_SCRIPT,
        _marks(
            r"\bUSING\s+(?:DELTA|PARQUET|CSV|JSON|ORC|ICEBERG)\b(?!\s*\.)",
            r"\bTBLPROPERTIES\s*\(",
            r"\bOPTIMIZE\s+[\w.`]+\s+(?:WHERE\s+[^;]{1,200})?ZORDER\s+BY\b",
            r"\bCREATE\s+(?:OR\s+REPLACE\s+|OR\s+REFRESH\s+)?(?:(?:GLOBAL\s+)?TEMP(?:ORARY)?"
            r"\s+VIEW|LIVE\s+TABLE|STREAMING\s+(?:LIVE\s+)?TABLE)\s",
            r"\bINSERT\s+OVERWRITE\s",
            r"\bLATERAL\s+VIEW\s+(?:OUTER\s+)?(?:POS)?EXPLODE\b",
        ),
    ),
    (
        UnreadKind.BIGQUERY_SCRIPT,
        _marks(
            r"`[\w-]+\.[\w-]+\.[\w*-]+`",
            r"\bSELECT\s+AS\s+STRUCT\b",
            r"\bSAFE_CAST\s*\(",
            r"\bUNNEST\s*\([^)]*\)\s+WITH\s+OFFSET\b",
        ),
    ),
    (
        UnreadKind.OTHER_SQL_SCRIPT,
        _marks(
            rf"\bCREATE\s+OR\s+REPLACE\s+(?:\w+\s+){{0,2}}(?:TABLE|VIEW|PROCEDURE|"
            rf"FUNCTION)\s+{_NAME}",
            r"^[ \t]*PRAGMA\s+\w+(?:\.\w+)?\s*(?:=|\(|;)",
            r"\bPRIMARY\s+KEY\s+(?:ASC\s+|DESC\s+)?AUTOINCREMENT\b",
            r"\b\w+\s*:=\s*[\w(\"]",
        ),
    ),
)


class Mark(Struct, frozen=True):
    """What stands in a script of another dialect, and where it begins and ends.

    `certain`: no T-SQL script that runs has it.
    """

    kind: UnreadKind
    places: tuple[Span, Span]
    certain: bool = False


def dialect_told(text: str) -> UnreadKind | None:
    """What a tool says in the first line of a script, or writes as its own templates.

    None where nothing of the kind does.
    """
    head = text[:MOST]
    if _DATABRICKS.match(head):
        return UnreadKind.DATABRICKS_NOTEBOOK
    if _FABRIC.match(head):
        kernel = _KERNEL.search(head)
        return (
            UnreadKind.SPARK_NOTEBOOK
            if kernel and kernel["name"].lower() not in _TSQL_KERNELS
            else None
        )
    return UnreadKind.DBT_MODEL if ("{{" in head or "{%" in head) and _DBT.search(head) else None


def suspects(text: str) -> tuple[Mark, ...]:
    """The marks of other dialects in a script; none where there are marks of T-SQL."""
    head = text[:MOST]
    if _BRACKETED.search(head) or _FABRIC.match(head) or not _may_have_marks(head):
        return ()
    bare = _bare(head)
    return () if _TSQL.search(bare) else tuple(_marks_in(bare))


def _may_have_marks(head: str) -> bool:
    words = " ".join(head.lower().split())
    return any(hint in words for hint in _HINTS) or "\n\\" in head


def dialect_of(marks: tuple[Mark, ...], facts: FileFacts) -> UnreadKind | None:
    """What a script is that is no T-SQL: one of its marks stands in what was refused as such.

    None: it may be T-SQL.

    `facts` are those of its head, read as T-SQL.
    """
    refused = _Refused.of(facts)
    return next(
        (mark.kind for mark in marks if mark.certain or any(map(refused.holds, mark.places))), None
    )


def _marks_in(bare: str) -> Iterator[Mark]:
    for certain, dialects in ((False, _DIALECTS), (True, _CERTAIN)):
        for kind, marks in dialects:
            for match in islice(marks.finditer(bare), _MARKS):
                yield Mark(
                    kind, (_place(bare, match.start()), _place(bare, match.end() - 1)), certain
                )


def _place(text: str, offset: int) -> Span:
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return Span(line, column, line, column + 1)


def _bare(text: str) -> str:
    """A text with spaces for its comments and what is quoted, so all else stays in place."""
    pieces, position = [], 0
    while match := _TEXT.search(text, position):
        end = (comment_end(text, match.start()) or len(text)) if match["comment"] else match.end()
        pieces += [
            text[position : match.start()],
            _blanked(text[match.start() : end], quoted=bool(match["quoted"])),
        ]
        position = end
    return "".join([*pieces, text[position:]])


def _blanked(piece: str, *, quoted: bool) -> str:
    if not quoted or len(piece) < _SHORTEST or piece[-1] != piece[0]:
        return _OTHER_THAN_LINES.sub(" ", piece)
    return piece[0] + _OTHER_THAN_LINES.sub("x" if piece[0] == '"' else " ", piece[1:-1]) + piece[0]


class _Refused(Struct, frozen=True):
    """The statements of a script, and the places where the grammar refused one."""

    statements: tuple[Span, ...]
    places: tuple[Span, ...]

    @classmethod
    def of(cls, facts: FileFacts) -> _Refused:
        """Those of the facts of a file."""
        spans = [item.span for item in facts.items]
        spans += [
            statement.span
            for item in facts.items
            if isinstance(item, ModuleFact)
            for statement in item.body
        ]
        places = tuple(
            diagnostic.span for diagnostic in facts.diagnostics if diagnostic.rule.refused
        )
        return cls(tuple(sorted(set(spans), key=lambda span: (span.line, span.column))), places)

    def holds(self, place: Span) -> bool:
        """Is a place in a statement that was refused, or in none that was read?"""
        if not self.places:
            return False
        around = [span for span in self.statements if span.holds(place)]
        return not around or any(around[-1].holds(refused) for refused in self.places)
