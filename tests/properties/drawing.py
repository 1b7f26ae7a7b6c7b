"""A lineage is drawn first; SQL that has it comes after.

Source tables have columns, a target has columns that are each an expression over source columns,
and conditions decide which rows come. Since we know how an expression is made, we know its edges
without asking the tool.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from sql_lineage_purview.model.names import bracketed

# Names as people choose them: plain, with blanks, reserved words, brackets within, letters of other
# alphabets.
_WORDS = [
    "Id",
    "Net",
    "Name",
    "Day",
    "Order",
    "Group",
    "Sale Date",
    "Größe",
    "Code]2",
    "x_1",
    "Total",
    "Key",
    "Percent%",
    "a.b",
]
_SCHEMAS = ["dbo", "stage", "Fact Data"]
_TABLES = ["Orders", "Customers", "Order Lines", "Rates", "User", "Straße", "T[1]", "Sales"]


@dataclass(frozen=True)
class DrawnTable:
    schema: str
    name: str
    columns: tuple[str, ...]

    @property
    def shown(self) -> str:
        return f"{bracketed(self.schema)}.{bracketed(self.name)}"


@dataclass(frozen=True)
class Operand:
    """A column of a source, by the source's number."""

    source: int
    column: str


@dataclass(frozen=True)
class Formula:
    """An expression: `text` has a `{0}` per operand; its edges have the subtypes of `uses`."""

    text: str
    operands: tuple[Operand, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """The lineage that is drawn.

    `sources[0]` joined with the others on `joins`, filtered by `filters`, gives the target's
    columns.
    """

    sources: tuple[DrawnTable, ...]
    target: DrawnTable
    formulas: tuple[Formula, ...]
    joins: tuple[tuple[Operand, Operand], ...]
    filters: tuple[Operand, ...]

    def column(self, operand: Operand) -> str:
        return f"{self.sources[operand.source].shown}.{operand.column}"

    def column_lines(self, target: str | None = None, sure: str = "") -> list[str]:
        """What `tests.linking.column_lines` must answer.

        `sure`: the certainty where it is not EXACT.
        """
        table = target or self.target.shown
        ending = f"  {sure}" if sure else ""
        lines = {
            f"{self.column(operand)} -> {table}.{name}  {use}{ending}"
            for name, formula in zip(self.target.columns, self.formulas, strict=True)
            for operand, use in zip(formula.operands, formula.uses, strict=True)
        }
        lines |= {
            f"{self.column(end)} -> {table}  JOIN{ending}" for pair in self.joins for end in pair
        }
        lines |= {f"{self.column(operand)} -> {table}  FILTER{ending}" for operand in self.filters}
        return sorted(lines)

    def table_lines(self, target: str | None = None) -> list[str]:
        return sorted(
            f"{source.shown} -> {target or self.target.shown}  DIRECT" for source in self.sources
        )

    @property
    def definitions(self) -> str:
        """CREATE TABLE for all of them."""
        return "".join(
            f"CREATE TABLE {table.shown} "
            f"({', '.join(f'{bracketed(c)} int' for c in table.columns)});\n"
            for table in (*self.sources, self.target)
        )


_FORMULAS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("{0}", ("IDENTITY",)),
    ("{0}", ("IDENTITY",)),
    ("({0})", ("IDENTITY",)),
    ("{0} + 1", ("TRANSFORMATION",)),
    ("-{0}", ("TRANSFORMATION",)),
    ("CAST({0} AS decimal(18, 2))", ("TRANSFORMATION",)),
    ("TRY_CONVERT(int, {0})", ("TRANSFORMATION",)),
    ("{0} * {1}", ("TRANSFORMATION", "TRANSFORMATION")),
    ("ISNULL({0}, {1})", ("TRANSFORMATION", "TRANSFORMATION")),
    ("COALESCE({0}, {1}, 0)", ("TRANSFORMATION", "TRANSFORMATION")),
    ("CONCAT({0}, N'; GO ', {1})", ("TRANSFORMATION", "TRANSFORMATION")),
    ("CASE WHEN {0} > 0 THEN {1} ELSE {2} + 1 END", ("CONDITIONAL", "IDENTITY", "TRANSFORMATION")),
    ("CASE {0} WHEN 1 THEN {1} END", ("CONDITIONAL", "IDENTITY")),
    ("IIF({0} IS NULL, {1}, 0)", ("CONDITIONAL", "IDENTITY")),
    ("SUM({0}) OVER (PARTITION BY {1} ORDER BY {2})", ("AGGREGATION", "WINDOW", "WINDOW")),
    ("ROW_NUMBER() OVER (ORDER BY {0} DESC)", ("WINDOW",)),
    ("DATEADD(day, {0}, GETDATE())", ("TRANSFORMATION",)),
    ("N'it''s -- no /* comment'", ()),
    ("GETDATE()", ()),
    ("NULL", ()),
)


@st.composite
def drawn_lineages(draw: st.DrawFn) -> Drawn:
    names = draw(st.lists(st.sampled_from(_TABLES), min_size=2, max_size=4, unique=True))
    schemas = draw(st.lists(st.sampled_from(_SCHEMAS), min_size=len(names), max_size=len(names)))
    columns = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4, unique=True).map(tuple)
    *sources, target = [
        DrawnTable(schema, name, draw(columns)) for schema, name in zip(schemas, names, strict=True)
    ]
    operands = st.sampled_from(
        [Operand(n, c) for n, table in enumerate(sources) for c in table.columns]
    )
    formulas = []
    for _ in target.columns:
        text, uses = draw(st.sampled_from(_FORMULAS))
        formulas.append(Formula(text, tuple(draw(operands) for _ in uses), uses))
    joins = [
        (
            Operand(n, draw(st.sampled_from(table.columns))),
            Operand(0, draw(st.sampled_from(sources[0].columns))),
        )
        for n, table in enumerate(sources)
        if n > 0
    ]
    filters = draw(st.lists(operands, max_size=2, unique=True))
    return Drawn(tuple(sources), target, tuple(formulas), tuple(joins), tuple(filters))
