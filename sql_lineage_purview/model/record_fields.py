"""Records: what the model is made of, msgspec's structs and the few data classes beside them."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, TypeVar

from msgspec import Struct, structs

Record = TypeVar("Record")


@cache
def field_names(kind: type) -> tuple[str, ...]:
    """The names of the fields of a class of records, none of any other class."""
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return ()


def is_record(kind: object) -> bool:
    """Is it a class of records?"""
    return isinstance(kind, type) and (issubclass(kind, Struct) or dataclasses.is_dataclass(kind))


def changed(record: Record, changes: dict[str, Any]) -> Record:
    """A record with other values in some of its fields, by their names."""
    replace: Any = structs.replace if isinstance(record, Struct) else dataclasses.replace
    other: Record = replace(record, **changes)
    return other
