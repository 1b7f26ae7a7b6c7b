"""What each kind of change is called, what it means, and what to do about it."""

from __future__ import annotations

from ...analysis.comparison.lineage_change import ChangeKind, ImpactClass
from ...model.diagnostics import Severity
from ..annotations.annotation import AnnotationRule

LEVELS = {
    ImpactClass.BREAKING: Severity.ERROR,
    ImpactClass.RISKY: Severity.WARNING,
    ImpactClass.HARMLESS: Severity.INFO,
}
"""How loud a build says a change of each class."""

_USERS = "Change who uses it along with it, or keep it."
_VALUES = "Look at who reads the column: values are others than before."
_NOTHING = "Nothing is to be done."

# kind, title, meaning, what to do; the code is that of the position
_ROWS = (
    (ChangeKind.COLUMN_DROPPED, "column dropped", "A column is gone.", _USERS),
    (ChangeKind.TABLE_DROPPED, "table or view dropped", "A table or view is gone.", _USERS),
    (
        ChangeKind.MODULE_DROPPED,
        "module dropped",
        "A procedure, function or trigger is gone.",
        _USERS,
    ),
    (ChangeKind.COLUMN_RENAMED, "column renamed", "A column has another name.", _USERS),
    (
        ChangeKind.TABLE_RENAMED,
        "table or view renamed",
        "A table or view has another name.",
        _USERS,
    ),
    (ChangeKind.MODULE_RENAMED, "module renamed", "A module has another name.", _USERS),
    (
        ChangeKind.KIND_CHANGED,
        "kind changed",
        "A table has become a view, or a view a table.",
        "Look at who writes it.",
    ),
    (
        ChangeKind.COLUMNS_UNKNOWN,
        "columns not known any more",
        "Of a table or view the columns were known, and are no more.",
        "Look at its gaps: what follows from its columns is not compared.",
    ),
    (
        ChangeKind.LINEAGE_VANISHED,
        "lineage vanished",
        "No value comes from another column any more: it is a constant, or nothing writes it.",
        _VALUES,
    ),
    (ChangeKind.LINEAGE_CHANGED, "lineage changed", "Other columns take part.", _VALUES),
    (
        ChangeKind.COMPUTATION_CHANGED,
        "computation changed",
        "The same columns take part, whose values are passed on, recomputed or aggregated "
        "otherwise than before.",
        _VALUES,
    ),
    (
        ChangeKind.CONDITIONS_CHANGED,
        "conditions changed",
        "Other columns filter, join, group or sort, so that other rows come.",
        "Look at who reads the table: there may be more rows, or fewer.",
    ),
    (
        ChangeKind.CERTAINTY_CHANGED,
        "certainty changed",
        "The same lineage is known more or less surely than before.",
        "Look at the gaps of the files that carry it.",
    ),
    (
        ChangeKind.USES_CHANGED,
        "uses changed",
        "A module uses other columns, tables or modules, and no lineage tells to what end.",
        "Look at who calls it: what it returns or decides may be another thing.",
    ),
    (ChangeKind.LINEAGE_ADDED, "lineage added", "Lineage is there that was not.", _NOTHING),
    (
        ChangeKind.GAP_ADDED,
        "gap added",
        "Something is not understood or not known that was, so that lineage may be missing.",
        "`explain CODE` says what to do about it.",
    ),
    (ChangeKind.GAP_CLOSED, "gap closed", "A gap is there no more.", _NOTHING),
    (ChangeKind.COLUMN_ADDED, "column added", "A column is new.", _NOTHING),
    (ChangeKind.TABLE_ADDED, "table or view added", "A table or view is new.", _NOTHING),
    (ChangeKind.MODULE_ADDED, "module added", "A procedure, function or trigger is new.", _NOTHING),
    (ChangeKind.FILE_MOVED, "file moved", "A file has another path, and says the same.", _NOTHING),
    (
        ChangeKind.OBJECT_DROPPED,
        "object dropped",
        "A sequence, type, synonym, partition function or the like is gone.",
        _USERS,
    ),
)
_FIRST_CODE = 101
_HARMLESS_KINDS = frozenset(
    (
        ChangeKind.LINEAGE_ADDED,
        ChangeKind.GAP_CLOSED,
        ChangeKind.COLUMN_ADDED,
        ChangeKind.TABLE_ADDED,
        ChangeKind.MODULE_ADDED,
        ChangeKind.FILE_MOVED,
    )
)


def _severity(kind: ChangeKind) -> Severity:
    return Severity.INFO if kind in _HARMLESS_KINDS else Severity.WARNING


CHANGE_RULES = {
    kind: AnnotationRule(f"SLD{code}", _severity(kind), title, meaning, remedy)
    for code, (kind, title, meaning, remedy) in enumerate(_ROWS, _FIRST_CODE)
}
"""The rule of each kind; codes are those of annotations."""
