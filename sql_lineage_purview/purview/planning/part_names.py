"""The names of parts: the further processes of a flow whose column mapping is too large for one.

They are named after the first, `~2`, `~3` and so on without a gap. In all else of a name the mark
is encoded.
"""

_MARK = "~"


def part_name(qualified_name: str, number: int) -> str:
    """The name of a part of a process, which is the first by itself."""
    return qualified_name if number == 1 else f"{qualified_name}{_MARK}{number}"


def whole_name(qualified_name: str) -> str:
    """The name of the process that this is, or is a part of."""
    return qualified_name.partition(_MARK)[0]


def number_of(qualified_name: str) -> int:
    """Which part it is; 1 for the first."""
    number = qualified_name.partition(_MARK)[2]
    return int(number) if number.isdecimal() else 1
