"""Binding: a query's names are settled by an environment that a test can write down."""

from __future__ import annotations

from dataclasses import dataclass, field

from sql_lineage_purview.linker.binding.binder import Binder
from sql_lineage_purview.linker.relations.provenance import flow
from sql_lineage_purview.linker.relations.relation import Relation, Value
from sql_lineage_purview.model.diagnostics import Span
from sql_lineage_purview.model.facts import FileSource, Query, Write
from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.naming import Naming
from tests.linker.rooms import NAMING, name, sources, statements, table


@dataclass
class RecordingEnvironment:
    """An environment of tables and variables that are given."""

    tables: dict[str, Relation]
    variables: dict[str, Value] = field(default_factory=dict)
    reported: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    @property
    def naming(self) -> Naming:
        return NAMING

    def table(self, name: Name, span: Span) -> Relation:
        self.questions.append(str(name))
        return self.tables.get(str(name), Relation(open=[name]))

    def function(self, name: Name, arguments: list[Value], span: Span) -> Relation:
        return Relation(opaque=True)

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        return arguments[0]

    def has_function(self, name: Name) -> bool:
        return True

    def variable(self, name: str) -> Value:
        return self.variables.get(name, Value())

    def file(self, source: FileSource) -> Relation:
        return Relation(opaque=True)

    def refer(self, column: Column) -> None:
        pass

    def may_carry(self, flows: int, of_query: int) -> bool:
        return True

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        self.reported.append(code)

    def report_once(self, code: str, message: str, span: Span) -> None:
        self.reported.append(code)


def query_of(sql: str, ctes: str = "") -> Query:
    return next(
        effect.query
        for fact in statements(f"{ctes} INSERT INTO dbo.target {sql}")
        for effect in fact.effects
        if isinstance(effect, Write)
    )


def environment() -> RecordingEnvironment:
    return RecordingEnvironment(
        {"dbo.s": table("dbo.s", "a", "b"), "dbo.t": table("dbo.t", "k", "v")}
    )


def sources_by_column(
    sql: str, around: RecordingEnvironment | None = None
) -> dict[str | None, list[str]]:
    relation = Binder(around or environment()).query(query_of(sql))
    return {column.name: sources(column.flows) for column in relation.columns}


def test_outputs_have_the_columns_of_their_expressions() -> None:
    assert sources_by_column("SELECT s.a + s.b AS c, v FROM dbo.s AS s, dbo.t") == {
        "c": ["dbo.s.a", "dbo.s.b"],
        "v": ["dbo.t.v"],
    }


def test_a_star_is_all_columns_that_the_environment_knows() -> None:
    assert sources_by_column("SELECT * FROM dbo.s") == {"a": ["dbo.s.a"], "b": ["dbo.s.b"]}


def test_conditions_decide_rows_and_give_no_column() -> None:
    relation = Binder(environment()).query(
        query_of("SELECT a FROM dbo.s WHERE EXISTS (SELECT 1 FROM dbo.t WHERE k = b)")
    )

    assert sources(relation.columns[0].flows) == ["dbo.s.a"]
    assert {"dbo.s.b", "dbo.t.k"} <= set(sources(relation.rows))


def test_an_expression_sees_the_common_table_expression_before_a_table() -> None:
    around = environment()

    assert sources_by_column("SELECT a FROM x", around)["a"] == ["x.a"]
    assert around.questions == ["x"]

    ctes = "WITH x AS (SELECT v AS a FROM dbo.t)"
    relation = Binder(around).query(query_of("SELECT a FROM x", ctes))

    assert sources(relation.columns[0].flows) == ["dbo.t.v"]
    assert around.questions == ["x", "dbo.t"]


def test_a_variable_has_the_value_that_the_environment_tells() -> None:
    around = environment()
    around.variables["@v"] = Value(flow(Column(name("dbo.origin"), "c")))

    assert sources_by_column("SELECT @v AS a", around) == {"a": ["dbo.origin.c"]}


def test_a_function_of_the_scan_is_called_with_bound_arguments() -> None:
    assert sources_by_column("SELECT dbo.f(a) AS c FROM dbo.s") == {"c": ["dbo.s.a"]}


def test_what_no_table_has_is_reported() -> None:
    around = environment()
    sources_by_column("SELECT q FROM dbo.s, dbo.t", around)

    assert around.reported == ["SLP201"]


def test_a_union_flows_by_position() -> None:
    assert sources_by_column("SELECT a FROM dbo.s UNION ALL SELECT k FROM dbo.t") == {
        "a": ["dbo.s.a", "dbo.t.k"]
    }
