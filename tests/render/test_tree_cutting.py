"""Trees cut to a screen: what is near is left, and no line is gone without being counted."""

from __future__ import annotations

import re

import pytest

from sql_lineage_purview.render.drawing import Branch, Fragment, Meaning
from sql_lineage_purview.render.drawing_layout import Medium, laid_out
from sql_lineage_purview.render.lineage_tree import SHOWN_ABOVE
from sql_lineage_purview.render.tree_cutting import cut, lines_of


def tree() -> Branch:
    """Nine branches; the third is the name of a module, with the lines that it carries."""
    root = Branch((Fragment("root"),))
    for number in range(9):
        meaning = Meaning.MODULE if number == 2 else Meaning.NAME
        branch = root.add(Fragment(f"b{number}", meaning))
        for leaf in range(number):
            branch.add(Fragment(f"leaf {leaf}"))
    return root


def lines(root: Branch) -> list[str]:
    return ["".join(part.text for part in line) for line in laid_out(root, Medium())]


@pytest.mark.parametrize("most", range(50))
def test_each_line_is_there_or_counted(most: int) -> None:
    root = tree()
    total = lines_of(root)
    gone = cut(root, most)

    text = lines(root)[1:]
    counts = [int(number) for line in text for number in re.findall(r"(\d+) more", line)]
    left = [line for line in text if "… and" not in line]
    assert sum(counts) == gone == total - len(left)
    assert len(left) == min(most, total)


def test_what_is_near_is_left_and_what_a_module_carries_is_as_near_as_its_name() -> None:
    root = tree()
    cut(root, 11)

    assert lines(root)[1:7] == [
        "├── b0",
        "├── b1  (1 more)",
        "├── b2",
        "│   ├── leaf 0",
        "│   └── leaf 1",
        "├── b3  (3 more)",
    ]


def test_nothing_refers_to_what_may_be_gone() -> None:
    root = tree()
    root.children[0].fragments += (Fragment(SHOWN_ABOVE, Meaning.REMARK),)
    cut(root, 11)

    assert lines(root)[1] == "├── b0  (more)"
