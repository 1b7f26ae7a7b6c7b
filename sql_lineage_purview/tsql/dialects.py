"""Scripts of other dialects than T-SQL: told by marks that no T-SQL script has, and never where it also has marks of T-SQL.

Comments are no marks, but for those that a tool writes in the first line; nor is what stands in strings.
"""

from __future__ import annotations

import re

from ..model.unread import UnreadKind

_MOST = 50_000
# One of these stands in each text that a mark below fits: most scripts have none of them, and need no closer look.
_HINTS = (
    "`",
    "::",
    "$$",
    "\n\\",
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
)
_TEXT = re.compile(r"--[^\n]*|/\*.*?\*/|N?'(?:[^']|'')*'|\[(?:[^\]\n]|\]\])*\]", re.DOTALL)
_SPACE = re.compile(r"[ \t]+|\s+(?=\w)")
_NAME = r"(?:\w+|\"[^\"\n]+\"|`[^`\n]+`)"


def _marks(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


# What a script says in its first line.
_DATABRICKS = re.compile(r"\s*--\s*Databricks notebook source")
_FABRIC = re.compile(r"\s*--\s*Fabric notebook source")
_KERNEL = re.compile(r'--\s*META\s+"name":\s*"(?P<name>[\w-]+)"')
_TSQL_KERNELS = frozenset({"sqldatawarehouse", "tsql", "mssql"})
# https://docs.getdbt.com/reference/dbt-jinja-functions
_DBT = re.compile(r"\{\{-?\s*(?:config\s*\(|(?:ref|source|var)\s*\(\s*['\"])|\{%-?\s*(?:snapshot|materialization)\s")

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
_BRACKETED = re.compile(r"\[\w[^\]\n]*\]\s*\.\s*\[")

_DIALECTS = (
    (
        UnreadKind.SNOWFLAKE_SCRIPT,
        _marks(
            r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:TRANSIENT\s+TABLE|FILE\s+FORMAT|WAREHOUSE|PIPE|STREAM|TASK|STAGE|DYNAMIC\s+TABLE)\s",
            r"\bUSE\s+(?:WAREHOUSE|ROLE)\s+\w",
            r"\bCOPY\s+INTO\s+[\w.\"]+\s+FROM\s+@",
            r"\bLATERAL\s+FLATTEN\s*\(",
            r"\bLANGUAGE\s+JAVASCRIPT\b",
        ),
    ),
    (
        UnreadKind.ORACLE_SCRIPT,
        _marks(
            r"\bCREATE\s+OR\s+REPLACE\s+(?:(?:NON)?EDITIONABLE\s+)?(?:PACKAGE|TYPE|TRIGGER|SYNONYM)\s",
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
            r"\bAUTO_INCREMENT\b",
            r"\bLOCK\s+TABLES\s+`",
            r"\bON\s+DUPLICATE\s+KEY\s+UPDATE\b",
        ),
    ),
    (
        UnreadKind.POSTGRESQL_SCRIPT,
        _marks(
            r"\bLANGUAGE\s+'?plpgsql\b",
            r"\$\w*\$\s*(?:BEGIN|DECLARE|SELECT|INSERT|UPDATE|DELETE|WITH)\b",
            r"::\s*(?:text|u?int(?:eger|\d)?|bigint|numeric|varchar|date|timestamptz?|jsonb?|uuid|bool(?:ean)?|interval|regclass)\b",
            r"\bCREATE\s+EXTENSION\s",
            r"\bSET\s+search_path\b",
            r"\bpg_catalog\.",
            r"\b(?:BIG|SMALL)?SERIAL\s+(?:PRIMARY|NOT|UNIQUE)\b",
            r"\bON\s+CONFLICT\b[^;]{0,200}\bDO\s+(?:NOTHING|UPDATE)\b",
            r"\bI?LIKE\s+ANY\s*\(",
            rf"{_NAME}\s+ILIKE\s",
            r"^\\(?:connect|copy|i|c)\s",
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
            r"\bCREATE\s+(?:OR\s+REPLACE\s+|OR\s+REFRESH\s+)?(?:(?:GLOBAL\s+)?TEMP(?:ORARY)?\s+VIEW|LIVE\s+TABLE|STREAMING\s+(?:LIVE\s+)?TABLE)\s",
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
            rf"\bCREATE\s+OR\s+REPLACE\s+(?:\w+\s+){{0,2}}(?:TABLE|VIEW|PROCEDURE|FUNCTION)\s+{_NAME}",
            r"`\w+`(?:\s*\.\s*`\w+`)?[\s\S]*`\w+`",
            r"\bPRAGMA\s+\w+",
            r"\bAUTOINCREMENT\b",
            r"\b\w+\s*:=\s*[\w(\"]",
        ),
    ),
)


def dialect_of(text: str) -> UnreadKind | None:
    """What a script is that is no T-SQL; None where it may be."""
    head = text[:_MOST]
    if _DATABRICKS.match(head):
        return UnreadKind.DATABRICKS_NOTEBOOK
    if _FABRIC.match(head):
        kernel = _KERNEL.search(head)
        return UnreadKind.SPARK_NOTEBOOK if kernel and kernel["name"].lower() not in _TSQL_KERNELS else None
    if ("{{" in head or "{%" in head) and _DBT.search(head):
        return UnreadKind.DBT_MODEL
    words = _SPACE.sub(" ", head.lower())
    if not any(hint in words for hint in _HINTS) or _BRACKETED.search(head):
        return None
    bare = _TEXT.sub(" ", head)
    kind = next((kind for kind, marks in _DIALECTS if marks.search(bare)), None)
    return None if kind and _TSQL.search(bare) else kind
