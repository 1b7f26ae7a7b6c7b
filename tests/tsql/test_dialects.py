"""Scripts of other dialects: told by certain marks, and no T-SQL script is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.unread import UnreadKind
from sql_lineage_purview.tsql import CompileOptions, compile_file
from sql_lineage_purview.tsql.dialects import dialect_of


def no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


FOREIGN = [
    ("CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;", UnreadKind.POSTGRESQL_SCRIPT),
    ("INSERT INTO t SELECT a::text FROM s;", UnreadKind.POSTGRESQL_SCRIPT),
    ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING;", UnreadKind.POSTGRESQL_SCRIPT),
    ("CREATE TABLE `shop`.`orders` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;", UnreadKind.MYSQL_SCRIPT),
    ("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\n", UnreadKind.MYSQL_SCRIPT),
    ("CREATE OR REPLACE PACKAGE BODY load AS\n  x orders.id%TYPE;\nEND;\n/\n", UnreadKind.ORACLE_SCRIPT),
    ("INSERT INTO t SELECT sysdate FROM dual;", UnreadKind.ORACLE_SCRIPT),
    ("CREATE OR REPLACE FILE FORMAT f TYPE = CSV; COPY INTO raw.orders FROM @stage/orders;", UnreadKind.SNOWFLAKE_SCRIPT),
    ("CREATE TABLE silver.orders USING DELTA AS SELECT * FROM bronze.orders", UnreadKind.SPARK_SQL_SCRIPT),
    ("CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM bronze.orders", UnreadKind.SPARK_SQL_SCRIPT),
    ("CREATE EXTERNAL TABLE t (a int) STORED AS PARQUET LOCATION '/x'", UnreadKind.HIVE_SCRIPT),
    ("SELECT a FROM `shop-1.sales.orders`", UnreadKind.BIGQUERY_SCRIPT),
    ("CREATE OR REPLACE VIEW v AS SELECT a FROM t", UnreadKind.OTHER_SQL_SCRIPT),
    ("{{ config(materialized='table') }}\nSELECT * FROM {{ ref('orders') }}", UnreadKind.DBT_MODEL),
    ("-- Databricks notebook source\nINSERT INTO a SELECT * FROM b", UnreadKind.DATABRICKS_NOTEBOOK),
    (
        '-- Fabric notebook source\n-- META {\n-- META   "kernel_info": {\n-- META     "name": "synapse_pyspark"',
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
    "INSERT INTO {{ schema }}.t SELECT a FROM {{ source }}",
    "COPY INTO dbo.t FROM 'https://x.dfs.core.windows.net/raw/*.csv' WITH (FILE_TYPE = 'CSV')",
    "/* CREATE OR REPLACE VIEW v */ SELECT a AS [`b`] FROM dbo.t",
    '-- Fabric notebook source\n-- META {\n-- META   "kernel_info": {\n-- META     "name": "sqldatawarehouse"',
]


@pytest.mark.parametrize(("text", "kind"), FOREIGN)
def test_a_mark_of_another_dialect_tells_it(text: str, kind: UnreadKind) -> None:
    assert dialect_of(text) is kind


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
