"""Where columns come from: the scripts themselves, packages, snapshots, databases."""

from __future__ import annotations

from .columns_csv import read_columns_csv
from .database import QuestionRefused, read_database
from .ddl import read_definitions
from .package import read_package
from .schema import ColumnSchema, DatabaseSchema, ModuleSchema, TableSchema
from .snapshot import read_snapshot, write_snapshot

__all__ = [
    "ColumnSchema",
    "DatabaseSchema",
    "ModuleSchema",
    "QuestionRefused",
    "TableSchema",
    "read_columns_csv",
    "read_database",
    "read_definitions",
    "read_package",
    "read_snapshot",
    "write_snapshot",
]
