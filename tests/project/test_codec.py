"""Facts survive being written: what is read back is equal, for any facts at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import Decoder
from msgspec.structs import replace

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.facts import (
    Assign,
    Call,
    ColumnFact,
    ColumnRef,
    CommonTable,
    Condition,
    FileFacts,
    FunctionSource,
    Output,
    PivotSource,
    Query,
    Rows,
    Select,
    SetOperation,
    Source,
    Star,
    StatementFact,
    Subquery,
    TableFact,
    TableSource,
    Use,
    VariableRef,
    Write,
)
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import StatementKind, Subtype, TableKind
from sql_lineage_purview.project.reading.cache import dump_entry, load_entry
from sql_lineage_purview.project.reading.codec import decode_as, encode
from sql_lineage_purview.project.reading.row_text import (
    row_bytes,
    row_pieces,
    row_text,
    row_values,
    typed_values,
)

texts = st.text(max_size=5)
spans = st.builds(Span, *[st.integers(1, 10**6)] * 4)
names = st.builds(Name, st.lists(texts, min_size=1, max_size=4).map(tuple), st.booleans())
subtypes = st.sampled_from(Subtype)


def tuples(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=3).map(tuple)


def _grown(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    operands = st.one_of(
        st.builds(ColumnRef, tuples(texts), spans),
        st.builds(VariableRef, texts),
        st.builds(Subquery, queries, st.booleans()),
    )
    plain = tuples(st.builds(Use, operands, subtypes))
    calls = st.builds(Call, names, tuples(plain), spans)
    expressions = tuples(st.builds(Use, st.one_of(operands, calls), subtypes))
    tables = st.builds(Source, st.builds(TableSource, names, spans), st.none() | texts)
    relations = st.one_of(
        queries,
        st.builds(FunctionSource, names, tuples(expressions), spans),
        st.builds(
            PivotSource,
            tables,
            expressions,
            st.builds(ColumnRef, tuples(texts), spans),
            tuples(texts),
        ),
    )
    selects = st.builds(
        Select,
        tuples(
            st.one_of(
                st.builds(Output, st.none() | texts, expressions, spans),
                st.builds(Star, tuples(texts), spans),
            )
        ),
        tuples(
            st.one_of(tables, st.builds(Source, relations, st.none(), st.none() | tuples(texts)))
        ),
        tuples(st.builds(Condition, subtypes, expressions)),
        st.booleans(),
    )
    bodies = st.one_of(
        selects,
        st.builds(Rows, tuples(tuples(expressions))),
        st.builds(SetOperation, st.sampled_from(["UNION", "EXCEPT"]), queries, queries),
    )
    return st.builds(
        Query, bodies, tuples(st.builds(CommonTable, texts, st.none() | tuples(texts), queries))
    )


queries = st.recursive(st.just(Query(Select(()))), _grown, max_leaves=4)
effects = st.one_of(
    st.builds(Write, names, st.none() | tuples(texts), queries, spans, st.booleans()),
    st.builds(Assign, tuples(texts), queries),
)
statements = st.builds(
    StatementFact, st.sampled_from(StatementKind), spans, tuples(names), effects=tuples(effects)
)
definitions = st.builds(
    TableFact,
    names,
    st.sampled_from(TableKind),
    st.none() | tuples(st.builds(ColumnFact, texts)),
    spans,
    st.none() | texts,
)
files = st.builds(
    FileFacts,
    texts,
    st.integers(0),
    st.integers(0),
    tuples(statements),
    tuples(definitions),
    tuples(st.builds(Diagnostic, texts, texts, spans)),
)


@settings(max_examples=40)
@given(files)
def test_facts_are_read_as_they_were_written(facts: FileFacts) -> None:
    read = decode_as(FileFacts, json.loads(json.dumps(encode(facts))))

    assert read == facts
    assert repr(read) == repr(facts), (
        "a word of a vocabulary equals its text, but is not of its type"
    )


@settings(max_examples=40)
@given(files, st.data())
def test_an_entry_gives_the_facts_back_whatever_is_looked_into_first(
    facts: FileFacts, data: st.DataObject
) -> None:
    read = load_entry(dump_entry(facts, []))[0]
    queries = [effect.query for item in read.items for effect in item.effects]
    for query in data.draw(st.permutations(queries)) if queries else ():
        hash(query)

    assert (read, facts) == (facts, read)
    assert repr(read) == repr(facts)
    assert dump_entry(read, []) == dump_entry(facts, [])


def test_of_an_entry_the_queries_are_read_only_when_one_is_looked_into() -> None:
    query = Query(Select((Star(("t",), Span()),)))
    effects = (Assign(("@a",), query), Assign(("@b",), query))
    facts = FileFacts(
        "utf-8", 1, 1, (StatementFact(StatementKind.SELECT, Span(), effects=effects),)
    )
    text = dump_entry(facts, [])
    unreadable = load_entry(text.replace('["t"]', '[["t"'))[0]

    assert load_entry(text)[0] == facts
    [statement] = unreadable.items
    assert [effect.variables for effect in statement.effects] == [("@a",), ("@b",)]
    with pytest.raises(ValueError, match="delimiter"):
        hash(statement.effects[1].query)


def test_a_name_that_stands_in_many_places_is_written_once() -> None:
    def facts(count: int) -> FileFacts:
        table = Name(("dbo", "a_table_with_a_long_name"))
        return FileFacts(
            "utf-8", 1, count, (StatementFact(StatementKind.SELECT, Span(), (table,) * count),)
        )

    assert json.dumps(encode(facts(100))).count("a_table_with_a_long_name") == 1


def test_a_query_of_any_depth_can_be_written() -> None:
    query = Query(Select((Star((), Span()),)))
    for _ in range(5_000):
        query = Query(SetOperation("UNION", query, Query(Select(()))))
    facts = FileFacts(
        "utf-8", 1, 1, (StatementFact(StatementKind.SELECT, Span(), effects=(Assign((), query),)),)
    )

    rows = encode(facts)

    assert encode(decode_as(FileFacts, json.loads(json.dumps(rows)))) == rows


def _damaged() -> list[object]:
    rows = encode(FileFacts("utf-8", 1, 0, diagnostics=(Diagnostic("SLP001", "", Span()),)))
    return [
        [],
        [["Other"]],
        rows[:1],
        rows[:-1],
        [rows[0], [999]],
        [rows[0], [0, "too", "few"]],
        [rows[0], [0, "", 1, 1, 5, [], []]],
    ]


@pytest.mark.parametrize("rows", _damaged(), ids=str)
def test_damaged_rows_are_refused(rows: list[list[object]]) -> None:
    with pytest.raises(ValueError, match=r"damaged|another version"):
        decode_as(FileFacts, rows)


def test_facts_of_another_file_are_other_rows() -> None:
    facts = FileFacts("utf-8", 1, 0)

    assert encode(facts) != encode(replace(facts, batches=2))


@pytest.mark.parametrize("text", ["plain", "\ud800", "é\u2028", 'a"b\\\n', "\udfff\ud800"])
def test_a_line_of_rows_is_read_as_it_was_written(text: str) -> None:
    values = [[1, text, None, [True, -7]], [[text], []]]
    line = row_text(values)

    assert row_values(line) == values
    assert "\n" not in line


@pytest.mark.parametrize("text", ["plain", "\ud800", "é\u2028", 'a"b\\\n'])
def test_rows_of_a_class_are_read_as_they_were_written(text: str) -> None:
    rows = [Name((text, "t")), Name((text,), address=True)]
    line = row_bytes(rows)

    assert typed_values(line, Decoder(list[Name])) == rows
    with pytest.raises(ValueError, match="Expected"):
        typed_values(line, Decoder(list[Span]))


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_the_pieces_of_many_rows_are_the_line_of_all_of_them(count: int) -> None:
    rows = [Name(("é", str(number))) for number in range(count)]

    assert b"".join(row_pieces(rows)) == row_bytes(rows)


def test_half_a_character_in_one_piece_is_read_with_the_others() -> None:
    rows = [Name(("é\ud800" if number == 150 else "é", str(number))) for number in range(250)]

    assert typed_values(b"".join(row_pieces(rows)), Decoder(list[Name])) == rows


@pytest.mark.parametrize("line", ["", "[", "[1]]", "\x00", "[nul]"])
def test_a_damaged_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        row_values(line)
