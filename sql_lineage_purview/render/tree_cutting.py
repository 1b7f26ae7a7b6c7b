"""A tree cut to what fits a screen: what is near first, and how much stands behind each cut."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .drawing import Branch, Fragment, Meaning
from .lineage_tree import SHOWN_ABOVE

if TYPE_CHECKING:
    from collections.abc import Mapping


def lines_of(tree: Branch) -> int:
    """How many lines stand below the first one of a tree."""
    return len(_below(tree)) - 1


def cut(tree: Branch, most: int) -> int:
    """Leave of a tree the lines that are nearest to its root; say at each cut how many are gone.

    Args:
        tree: What is cut.
        most: How many lines below the root are left, beside those that say what is gone.

    Returns:
        How many are gone.
    """
    sizes = _sizes(tree)
    room, gone = most, 0
    pending = deque([tree])
    while pending:
        branch = pending.popleft()
        shown, hidden = branch.children[:room], branch.children[room:]
        room -= len(shown)
        pending.extend(child for child in shown if not _is_heading(child))
        # what stands below the name of a module is as near as the name
        pending.extendleft(child for child in reversed(shown) if _is_heading(child))
        if hidden:
            number = sum(sizes[id(child)] for child in hidden)
            gone += number
            branch.children = shown
            _say(branch, number, is_root=branch is tree)
    if gone:
        # where that is may be gone
        for branch in _below(tree):
            branch.fragments = tuple(map(_without_reference, branch.fragments))
    return gone


def _without_reference(fragment: Fragment) -> Fragment:
    return Fragment("(more)", Meaning.REMARK) if fragment.text == SHOWN_ABOVE else fragment


def _is_heading(branch: Branch) -> bool:
    return bool(branch.fragments) and branch.fragments[0].meaning is Meaning.MODULE


def _say(branch: Branch, number: int, *, is_root: bool) -> None:
    if branch.children or is_root:
        branch.add(Fragment(f"… and {number} more", Meaning.REMARK))
    else:
        branch.fragments += (Fragment(f"({number} more)", Meaning.KIND),)


def _sizes(tree: Branch) -> Mapping[int, int]:
    """How many lines each branch has, its own included."""
    sizes: dict[int, int] = {}
    for branch in reversed(_below(tree)):
        sizes[id(branch)] = 1 + sum(sizes[id(child)] for child in branch.children)
    return sizes


def _below(tree: Branch) -> list[Branch]:
    """A branch and all below it, each before those below it."""
    branches = [tree]
    for branch in branches:
        branches += branch.children
    return branches
