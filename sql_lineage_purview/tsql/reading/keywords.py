"""Words and operators of T-SQL that several rooms need to know as a set."""

from __future__ import annotations

from ...model.names import RESERVED

KEYWORDS = frozenset(word.upper() for word in RESERVED)
# https://learn.microsoft.com/sql/t-sql/language-elements/compound-operators-transact-sql
COMPOUND_OPERATORS = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "||="})
ASSIGNMENT_OPERATORS = COMPOUND_OPERATORS | {"="}
# https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
APPROXIMATELY = frozenset({"APPROX", "APPROXIMATE"})
# https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table
TABLE_HINTS = frozenset(
    """
    NOLOCK READPAST ROWLOCK TABLOCK TABLOCKX UPDLOCK XLOCK HOLDLOCK READUNCOMMITTED NOWAIT PAGLOCK
    READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE SNAPSHOT NOEXPAND FASTFIRSTROW
    FORCESEEK FORCESCAN INDEX KEEPIDENTITY KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS
    SPATIAL_WINDOW_MAX_CELLS""".split()
)
