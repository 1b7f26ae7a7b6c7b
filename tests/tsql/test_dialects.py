"""Scripts of other dialects: told by certain marks, and no T-SQL script is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.unread import UnreadKind
from sql_lineage_purview.tsql import CompileOptions, compile_file


def no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def dialect_of(text: str) -> UnreadKind | None:
    return compile_file(text.encode("utf-8", "backslashreplace"), CompileOptions(), no_file).unread


FOREIGN = [
    (
        "CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;",
        UnreadKind.POSTGRESQL_SCRIPT,
    ),
    ("INSERT INTO t SELECT a::text FROM s;", UnreadKind.POSTGRESQL_SCRIPT),
    ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING;", UnreadKind.POSTGRESQL_SCRIPT),
    (
        "CREATE TABLE `shop`.`orders` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;",
        UnreadKind.MYSQL_SCRIPT,
    ),
    ("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\n", UnreadKind.MYSQL_SCRIPT),
    (
        "CREATE OR REPLACE PACKAGE BODY load AS\n  x orders.id%TYPE;\nEND;\n/\n",
        UnreadKind.ORACLE_SCRIPT,
    ),
    ("INSERT INTO t SELECT sysdate FROM dual CONNECT BY PRIOR a = b;", UnreadKind.ORACLE_SCRIPT),
    (
        "CREATE TABLE emp (id NUMBER(10) NOT NULL, name VARCHAR2(20 CHAR));",
        UnreadKind.ORACLE_SCRIPT,
    ),
    ("CREATE TABLE emp (id int, name VARCHAR2(20));", UnreadKind.ORACLE_SCRIPT),
    ("SELECT a FROM t WHERE b NOT ILIKE 'x%';", UnreadKind.POSTGRESQL_SCRIPT),
    (
        "CREATE FUNCTION f(integer) RETURNS integer AS $$ SELECT $1 + 1; $$ LANGUAGE SQL;",
        UnreadKind.POSTGRESQL_SCRIPT,
    ),
    ("CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id));", UnreadKind.MYSQL_SCRIPT),
    ("DROP INDEX `i` ON `orders`;", UnreadKind.OTHER_SQL_SCRIPT),
    ("PRAGMA foreign_keys = ON;\nDELETE FROM t;", UnreadKind.OTHER_SQL_SCRIPT),
    ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);", UnreadKind.OTHER_SQL_SCRIPT),
    ("USE WAREHOUSE load_wh;\nDELETE FROM t;", UnreadKind.SNOWFLAKE_SCRIPT),
    (
        "CREATE FUNCTION f (a DOUBLE)\nRETURNS DOUBLE\nDETERMINISTIC\nBEGIN\n  DECLARE d "
        "DOUBLE;\n  SET d = a;\n  RETURN d;\nEND",
        UnreadKind.MYSQL_SCRIPT,
    ),
    (
        "CREATE FUNCTION f (a INT) RETURNS INT READS SQL DATA RETURN (SELECT MAX(b) FROM t);",
        UnreadKind.MYSQL_SCRIPT,
    ),
    (
        "CREATE DEFINER=`root`@`%` PROCEDURE p(IN a INT) BEGIN SELECT a; END",
        UnreadKind.MYSQL_SCRIPT,
    ),
    ("INSERT OVERWRITE TABLE t SELECT a FROM s", UnreadKind.SPARK_SQL_SCRIPT),
    ("LOAD DATA INPATH '/x' INTO TABLE t;", UnreadKind.HIVE_SCRIPT),
    (
        "CREATE OR REPLACE FILE FORMAT f TYPE = CSV; COPY INTO raw.orders FROM @stage/orders;",
        UnreadKind.SNOWFLAKE_SCRIPT,
    ),
    (
        "CREATE TABLE silver.orders USING DELTA AS SELECT * FROM bronze.orders",
        UnreadKind.SPARK_SQL_SCRIPT,
    ),
    ("CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM bronze.orders", UnreadKind.SPARK_SQL_SCRIPT),
    ("CREATE EXTERNAL TABLE t (a int) STORED AS PARQUET LOCATION '/x'", UnreadKind.HIVE_SCRIPT),
    ("SELECT a FROM `shop-1.sales.orders`", UnreadKind.BIGQUERY_SCRIPT),
    ("CREATE OR REPLACE VIEW v AS SELECT a FROM t", UnreadKind.OTHER_SQL_SCRIPT),
    ("{{ config(materialized='table') }}\nSELECT * FROM {{ ref('orders') }}", UnreadKind.DBT_MODEL),
    (
        "-- Databricks notebook source\nINSERT INTO a SELECT * FROM b",
        UnreadKind.DATABRICKS_NOTEBOOK,
    ),
    (
        '-- Fabric notebook source\n-- META {\n-- META   "kernel_info": {\n-- META     "name": '
        '"synapse_pyspark"',
        UnreadKind.SPARK_NOTEBOOK,
    ),
]
TSQL = [
    "INSERT INTO dbo.t SELECT a FROM dbo.s",
    "SELECT '`x`.`y` a::text $$ CREATE OR REPLACE VIEW v' AS a -- FROM dual, ENGINE=InnoDB",
    "CREATE TABLE dbo.t (a hierarchyid DEFAULT hierarchyid::GetRoot(), [b::text] int)",
    "GRANT SELECT ON SCHEMA::dbo TO reader",
    "DECLARE @s nvarchar(max)\nCREATE OR REPLACE VIEW v AS SELECT 1",
    "CREATE OR ALTER VIEW dbo.v AS SELECT a FROM dbo.t",
    "SELECT a FROM [dbo].[t] WHERE b = `c` OR d = `e`",
    "DECLARE @x geometry; SELECT hierarchyid::GetRoot(), geometry::Point(1, 1, 0) FROM "
    "::fn_helpcollations()",
    "SELECT lateral flatten FROM a lateral, b flatten (NOLOCK)",
    "SELECT copy INTO t FROM @stage",
    "USE Warehouse\nINSERT INTO t SELECT a FROM s",
    "INSERT INTO {{ schema }}.t SELECT a FROM {{ source }}",
    "COPY INTO dbo.t FROM 'https://x.dfs.core.windows.net/raw/*.csv' WITH (FILE_TYPE = 'CSV')",
    "/* CREATE OR REPLACE VIEW v */ SELECT a AS [`b`] FROM dbo.t",
    '-- Fabric notebook source\n-- META {\n-- META   "kernel_info": {\n-- META     "name": '
    '"sqldatawarehouse"',
]


@pytest.mark.parametrize(("text", "kind"), FOREIGN)
def test_a_mark_of_another_dialect_tells_it(text: str, kind: UnreadKind) -> None:
    assert dialect_of(text) is kind


# Marks of other dialects that are names in T-SQL. Of each statement below, Microsoft's parser takes
# it with any of them.
NAMES = """
    pragma autoincrement auto_increment ilike dual deterministic delimiter engine definer serial
    flatten lateral transient warehouse stage pipe stream task javascript plpgsql varchar2
    dbms_output rowtype serveroutput nocycle prior overwrite tblproperties zorder delta parquet
    search_path pg_catalog uuid jsonb regclass struct safe_cast inpath serde msck optimize
    dynamic_table extension conflict live streaming temp_view innodb sysdate""".split()
USES = [
    "SELECT {0} FROM dbo.t",
    "SELECT a {0}, b AS {0} FROM dbo.{0} {0}",
    "SELECT {0}.a, {0}.{0} FROM {0}, dbo.s WHERE {0} LIKE 'x' AND {0} = {0}.{0}",
    "INSERT INTO {0} ({0}) SELECT {0} FROM {0} {0} ORDER BY {0}",
    "CREATE TABLE {0} ({0} int NOT NULL, b {0}, c dbo.{0} NULL)",
    "CREATE PROCEDURE {0} @{0} int, @b dbo.{0} READONLY AS SELECT @{0} AS {0} FROM dbo.{0}",
    "EXEC {0} {0}, @{0} = {0}",
    "{0} {0}",
    "UPDATE {0} SET {0} = {0} + 1 FROM dbo.{0} {0} WHERE {0}.{0} > 1",
    "MERGE {0} USING dbo.s {0} ON {0}.a = 1 WHEN MATCHED THEN UPDATE SET {0} = 1;",
    "WITH {0} ({0}) AS (SELECT {0} FROM dbo.t) SELECT {0} FROM {0}",
    "CREATE VIEW {0} AS SELECT {0} AS {0} FROM {0}",
    "SELECT dbo.{0}(a), b {0} INTO {0} FROM dbo.t",
    "USE {0}\nSELECT 1 AS a",
    "DECLARE {0} CURSOR FOR SELECT {0} FROM {0}\nOPEN {0}",
    "SELECT '{0} = 1; `a`.`b` {0} ON' AS a, \"{0} = ON\" AS b -- {0} = ON\n FROM [{0} = 1] /* "
    "CREATE OR REPLACE {0} */",
    "GRANT SELECT ON SCHEMA::{0} TO {0}",
    "ALTER TABLE {0} ADD {0} int",
]
WORDS = """ENGINE=InnoDB|LANGUAGE plpgsql|CREATE OR REPLACE VIEW v|a::text|$$ BEGIN|
FROM dual CONNECT BY PRIOR|`a`.`b`|x := 1|
DELIMITER //|STORED AS ORC|ON DUPLICATE KEY UPDATE|PRAGMA a = 1|
RETURNS INT DETERMINISTIC BEGIN|USING DELTA|INSERT OVERWRITE|VARCHAR2(10)"""


@pytest.mark.parametrize("use", USES)
def test_a_name_says_nothing(use: str) -> None:
    texts = {name: use.format(name) for name in NAMES}
    assert {name: kind for name, text in texts.items() if (kind := dialect_of(text))} == {}


@pytest.mark.parametrize(
    "around",
    [
        "SELECT '{0}' AS a FROM dbo.t",
        "SELECT a FROM dbo.t -- {0}",
        "/* /* {0} */ {0} */ SELECT a FROM dbo.t",
        'SELECT "{0}" AS a FROM dbo.t',
        "SELECT a AS [{0}] FROM dbo.t",
        "EXEC ('{0}')",
        "SELECT 'never closed {0}",
        "SELECT a FROM dbo.t /* never closed {0}",
    ],
)
def test_what_is_no_code_says_nothing(around: str) -> None:
    assert {
        word: kind for word in WORDS.split("|") if (kind := dialect_of(around.format(word.strip())))
    } == {}


def test_a_fault_elsewhere_makes_no_name_a_mark() -> None:
    assert (
        dialect_of(
            "SELECT a pragma, b ilike FROM dbo.dual\nWHERE\nSELECT auto_increment FROM dbo.t;"
        )
        is None
    )


@pytest.mark.parametrize("text", TSQL)
def test_no_script_of_t_sql_is_one(text: str) -> None:
    assert dialect_of(text) is None


@pytest.mark.parametrize(("text", "_kind"), FOREIGN[:-3])
def test_a_mark_of_t_sql_goes_before_all_others(text: str, _kind: UnreadKind) -> None:
    assert dialect_of(f"{text}\nGO\n") is None


def test_the_facts_of_one_are_only_what_it_is() -> None:
    data = b"CREATE OR REPLACE VIEW v AS SELECT a FROM t"

    facts = compile_file(data, CompileOptions(), no_file)
    assert (facts.unread, facts.items, facts.diagnostics) == (UnreadKind.OTHER_SQL_SCRIPT, (), ())
    assert compile_file(data, CompileOptions(is_tsql=True), no_file).unread is None


@given(st.text(alphabet="`$:={}%@'\"[]-/*\n abcGO", max_size=60))
def test_any_text_is_one_or_not(text: str) -> None:
    assert dialect_of(text) is None or isinstance(dialect_of(text), UnreadKind)
