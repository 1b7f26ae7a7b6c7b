"""How a script is laid out, names its aliases and is spread over files changes nothing."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.graph import LineageGraph
from tests.linking import column_lines, lineage_of, statement_lines, table_lines

from .drawing import Drawn, drawn_lineages
from .pen import Pen
from .steps import STEPS, Step
from .writing import ENDINGS, Ending, Shape, select_into, write

quick = settings(max_examples=40)
shapes = st.tuples(
    st.lists(st.sampled_from(STEPS), max_size=3).map(tuple),
    st.sampled_from([ending for ending in ENDINGS if ending is not select_into]),
    st.booleans(),
    st.booleans(),
)


def answers(graph: LineageGraph) -> tuple[list[str], list[str], list[str]]:
    return column_lines(graph), table_lines(graph), statement_lines(graph)


def ends(graph: LineageGraph) -> tuple[list[str], list[str]]:
    return column_lines(graph), table_lines(graph)


def folded(parts: tuple[list[str], list[str], list[str]]) -> list[list[str]]:
    """The lines without their case, which decides the order of the names in one, too."""
    return [sorted(map(_folded, part)) for part in parts]


def _folded(line: str) -> str:
    """A line such as `file  select  reads dbo.a, dbo.b  writes dbo.c`, each list in its order."""
    pieces = re.sub(r"  (\w+) ", r"  \1, ", line.lower()).split("  ")
    return "  ".join(", ".join(sorted(piece.split(", "))) for piece in pieces)


class Relaid(Pen):
    """The plain names, in another layout."""

    def alias(self, word: str) -> str:
        self.used += 1
        return f"{word}{self.used}"


@given(drawn=drawn_lineages(), shape=shapes, seed=st.integers(0, 2**32))
@quick
def test_case_brackets_comments_and_semicolons_change_nothing(
    drawn: Drawn, shape: tuple[tuple[Step, ...], Ending, bool, bool], seed: int
) -> None:
    plain = write(drawn, Shape(*shape))
    relaid = write(drawn, Shape(*shape, pen=Relaid(Random(seed))))  # noqa: S311  # layout, not a secret
    # Names of our own are defined in the script itself, in whatever case it has: their case is
    # folded to compare.
    first, second = (
        answers(lineage_of({"a.sql": drawn.definitions, "b.sql": sql})) for sql in (plain, relaid)
    )
    assert folded(first) == folded(second), relaid


@given(drawn=drawn_lineages(), shape=shapes)
@quick
def test_line_ends_and_encodings_change_nothing(
    drawn: Drawn, shape: tuple[tuple[Step, ...], Ending, bool, bool]
) -> None:
    sql = write(drawn, Shape(*shape))
    expected = answers(lineage_of({"a.sql": drawn.definitions, "b.sql": sql}))
    assert (
        answers(lineage_of({"a.sql": drawn.definitions, "b.sql": sql.replace("\n", "\r\n")}))
        == expected
    )


@given(drawn=drawn_lineages(), shape=shapes, data=st.data())
@quick
def test_the_order_of_files_changes_nothing(
    drawn: Drawn, shape: tuple[tuple[Step, ...], Ending, bool, bool], data: st.DataObject
) -> None:
    script = write(drawn, Shape(*shape))
    parts = [*drawn.definitions.splitlines(), script]
    expected = ends(lineage_of({f"{n}.sql": part for n, part in enumerate(parts)}))
    assert expected[0] == drawn.column_lines()
    shuffled = data.draw(st.permutations(parts))
    assert ends(lineage_of({f"{n}.sql": part for n, part in enumerate(shuffled)})) == expected


@given(
    drawn=drawn_lineages(),
    others=st.lists(drawn_lineages(), min_size=1, max_size=2),
    seed=st.integers(0, 2**32),
)
@quick
def test_batches_without_a_common_session_may_stand_in_files_of_their_own(
    drawn: Drawn, others: list[Drawn], seed: int
) -> None:
    """Statements over persistent tables share no state.

    So GO between them is as good as a file of its own.
    """
    pen = Pen(Random(seed))  # noqa: S311  # layout, not a secret
    batches = [write(each, Shape(pen=pen)) for each in (drawn, *others)]
    definitions = {f"0_{n}.sql": each.definitions for n, each in enumerate((drawn, *others))}
    together = lineage_of({**definitions, "1.sql": "\nGO\n".join(batches)})
    in_files = lineage_of(
        {**definitions, **{f"1_{n}.sql": batch for n, batch in enumerate(batches)}}
    )
    assert ends(together) == ends(in_files)


@given(
    drawn=drawn_lineages(),
    steps=st.lists(st.sampled_from(STEPS), max_size=3).map(tuple),
    seed=st.integers(0, 2**32),
)
@quick
def test_go_between_statements_that_share_temporary_tables_alone(
    drawn: Drawn, steps: tuple[Step, ...], seed: int
) -> None:
    sql = write(drawn, Shape(steps))
    if "@t" in sql or "@r" in sql:
        return
    random = Random(seed)  # noqa: S311  # layout, not a secret
    cut = re.sub(
        r";\n", lambda _: random.choice([";\n", "\nGO\n", "\n  go  -- x\n", "\nGO 2\n"]), sql
    )
    assert (
        column_lines(lineage_of({"a.sql": drawn.definitions, "b.sql": cut})) == drawn.column_lines()
    ), cut
