"""The house: names that stand once, docstrings that say enough, paths that are there."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

import sql_lineage_purview

PACKAGE = Path(sql_lineage_purview.__file__).parent
ARCHITECTURE = PACKAGE.parent / "docs" / "architecture.md"
INHERITED = ("See `", "Note nothing.")
FEW = 3  # parameters that explain themselves
WIDEST = 8  # fields that change
CHANGING = frozenset(
    "add append appendleft clear discard extend insert pop popitem popleft remove setdefault update"
    " sort reverse move_to_end difference_update intersection_update".split()
)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def public_functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public_functions(child)
        elif isinstance(child, ast.FunctionDef) and not child.name.startswith("_"):
            yield child


def test_no_two_files_have_one_name() -> None:
    places = defaultdict(list)
    for path, _ in trees():
        if not path.endswith("__init__.py"):
            places[path.rpartition("/")[2]].append(path)

    assert not [paths for paths in places.values() if len(paths) > 1]


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(path)

    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


def test_functions_of_many_parameters_say_what_these_are() -> None:
    silent = []
    for path, tree in trees():
        for function in public_functions(tree):
            arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
            named = [argument for argument in arguments if argument.arg not in ("self", "cls")]
            text = ast.get_docstring(function) or ""
            if len(named) > FEW and "Args:" not in text and not text.startswith(INHERITED):
                silent.append(f"{path}: {function.name}")

    assert not silent


def test_functions_that_raise_say_so() -> None:
    silent = []
    for path, tree in trees():
        for function in public_functions(tree):
            raises = any(
                isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function)
            )
            if raises and "Raises:" not in (ast.get_docstring(function) or ""):
                silent.append(f"{path}: {function.name}")

    assert not silent


def changed_attributes(node: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that a piece of code assigns, deletes, or changes the container in."""
    for child in ast.walk(node):
        match child:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                pending = list(targets)
            case ast.AugAssign(target=target) | ast.For(target=target):
                pending = [target]
            case ast.AnnAssign(target=target, annotation=annotation):
                pending = [] if ast.unparse(annotation) == "Final" else [target]
            case ast.Call(func=ast.Attribute(attr=method, value=value)) if method in CHANGING:
                pending = [value]
            case _:
                continue
        while pending:
            match pending.pop():
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    pending += parts
                case ast.Starred(value=value) | ast.Subscript(value=value):
                    pending.append(value)
                case ast.Attribute() as attribute:
                    yield attribute


def is_own(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id == "self"


def changing_fields(node: ast.ClassDef, changed_by_others: Set[str]) -> set[str]:
    """The fields of a class that change after construction.

    These are the attributes that methods but the constructor change on `self`, and the fields of a
    name that any code of the package changes on something else.
    """
    fields, changing = set(), set()
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            fields.add(item.target.id)
        elif isinstance(item, ast.FunctionDef):
            changed = {each.attr for each in changed_attributes(item) if is_own(each)}
            constructs = item.name in ("__init__", "__post_init__")
            (fields if constructs else changing).update(changed)
    frozen = any(
        "frozen=True" in ast.unparse(said) for said in (*node.decorator_list, *node.keywords)
    )
    return changing | (set() if frozen else fields & changed_by_others)


def wide_classes(modules: Iterable[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """The classes with more fields that change than one can keep in mind."""
    listed = list(modules)
    by_others = {
        attribute.attr
        for _, tree in listed
        for attribute in changed_attributes(tree)
        if not is_own(attribute)
    }
    classes = {
        f"{path}: {node.name}": sorted(changing_fields(node, by_others))
        for path, tree in listed
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    return {name: fields for name, fields in classes.items() if len(fields) > WIDEST}


def test_no_object_has_many_fields_that_change() -> None:
    """A field changes where code assigns it, or changes the container that it holds.

    What only the constructor sets does not count, nor what a part of the object changes within
    itself. Code that changes the attribute of something else than `self` counts for each class
    that has a field of this name, since a syntax tree tells no types.
    """
    assert not wide_classes(trees())


def test_an_object_with_many_fields_that_change_is_noticed() -> None:
    names = [f"field_{number}" for number in range(WIDEST + 1)]
    fields = "".join(f"        self.{name} = []\n" for name in names)
    assigned, others = names[:4], names[4:]
    changes = "".join(f"        self.{name} = [1]\n" for name in assigned)
    source = f"class Wide:\n    def __init__(self):\n{fields}    def change(self):\n{changes}"
    source += "def change(wide):\n" + "".join(f"    wide.{name}.append(1)\n" for name in others)

    assert wide_classes([("wide.py", ast.parse(source))]) == {"wide.py: Wide": names}
    narrow = source.replace(f"    wide.{names[-1]}.append(1)\n", "")
    assert not wide_classes([("narrow.py", ast.parse(narrow))])


def test_the_paths_of_the_architecture_are_there() -> None:
    paths = set(
        re.findall(r"`([a-z_]+(?:/[a-z_]+)+(?:\.py|/))`", ARCHITECTURE.read_text(encoding="utf-8"))
    )
    tops = ("sql_lineage_purview", "tests", "docs")
    root = PACKAGE.parent
    missing = {
        path
        for path in paths
        if not (root / path).exists()
        and not any(any((root / top).glob(f"**/{path}")) for top in tops)
    }

    assert len(paths) > 30
    assert not missing
