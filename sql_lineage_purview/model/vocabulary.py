"""The words of the lineage document: OpenLineage's transformation types, and edge certainty.

Source: https://openlineage.io/docs/spec/facets/dataset-facets/column_lineage_facet
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class EdgeType(StrEnum):
    """Does a value flow (DIRECT), or does it only decide which values or rows do (INDIRECT)?"""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


class Subtype(StrEnum):
    """How a source column takes part in a target."""

    IDENTITY = "IDENTITY"
    TRANSFORMATION = "TRANSFORMATION"
    AGGREGATION = "AGGREGATION"
    CONDITIONAL = "CONDITIONAL"
    WINDOW = "WINDOW"
    JOIN = "JOIN"
    FILTER = "FILTER"
    GROUP_BY = "GROUP_BY"
    SORT = "SORT"

    # an enumeration's own is ten times as slow, and this one is a key of every flow
    __hash__ = str.__hash__

    @property
    def type(self) -> EdgeType:
        """The type that the subtype belongs to."""
        return EdgeType.DIRECT if self in _STRENGTH else EdgeType.INDIRECT


_STRENGTH = {Subtype.IDENTITY: 0, Subtype.TRANSFORMATION: 1, Subtype.AGGREGATION: 2}


def compose(outer: Subtype, inner: Subtype) -> Subtype:
    """The subtype of a chain: an expression of subtype `outer` over a column of `inner`.

    AGGREGATION > TRANSFORMATION > IDENTITY; an indirect step makes the chain indirect, the outer
    one naming it.
    """
    return CHAINS[outer][inner]


def _composed(outer: Subtype, inner: Subtype) -> Subtype:
    if outer.type is EdgeType.INDIRECT:
        return outer
    if inner.type is EdgeType.INDIRECT:
        return inner
    return max(outer, inner, key=_STRENGTH.__getitem__)


# By the outer subtype, then by the inner one: each flow is asked for it, so it is settled once.
CHAINS: Mapping[Subtype, Mapping[Subtype, Subtype]] = {
    outer: {inner: _composed(outer, inner) for inner in Subtype} for outer in Subtype
}


class Certainty(StrEnum):
    """How an edge is known, from best to worst."""

    EXACT = "EXACT"
    EXPANDED = "EXPANDED"
    INFERRED = "INFERRED"
    PARTIAL = "PARTIAL"

    __hash__ = str.__hash__  # as of Subtype

    def __and__(self, certainty: Certainty) -> Certainty:
        """The certainty of a chain: that of its weakest link."""
        return self if self is certainty or _DOUBT[self] > _DOUBT[certainty] else certainty

    def __or__(self, certainty: Certainty) -> Certainty:
        """The certainty of two ways that lead to one edge: that of the better one."""
        return self if self is certainty or _DOUBT[self] < _DOUBT[certainty] else certainty


_DOUBT = {certainty: doubt for doubt, certainty in enumerate(Certainty)}


class TableKind(StrEnum):
    """What a node of the lineage is."""

    TABLE = "TABLE"
    VIEW = "VIEW"
    EXTERNAL_TABLE = "EXTERNAL_TABLE"
    MATERIALIZED_VIEW = "MATERIALIZED_VIEW"
    FUNCTION = "FUNCTION"
    FILE = "FILE"
    QUEUE = "QUEUE"
    TEMPORARY = "TEMPORARY"
    UNKNOWN = "UNKNOWN"


class ColumnSourceKind(StrEnum):
    """What told the columns of a table."""

    DEFINITION = "definition"
    QUERY = "query"
    CATALOG = "catalog"


class Stale(StrEnum):
    """Why lineage that a person declared should go.

    The scan derives it now, or an end of it no longer exists.
    """

    DERIVED = "derived"
    MISSING = "missing"


class Action(StrEnum):
    """What a change does to its target's rows: an action of MERGE, an event of a DML trigger."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class ModuleKind(StrEnum):
    """What a module is: T-SQL text kept in the database."""

    PROCEDURE = "PROCEDURE"
    VIEW = "VIEW"
    FUNCTION = "FUNCTION"
    TRIGGER = "TRIGGER"


class DependencyKind(StrEnum):
    """What names a table or column without moving data, in T-SQL's words.

    What a module does is an ALTERATION or a DROP, and a MENTION where it names a type or sequence;
    all others are parts of definitions.
    """

    FOREIGN_KEY = "foreign key"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique constraint"
    CHECK = "check constraint"
    DEFAULT = "default constraint"
    INDEX = "index"
    FULLTEXT_INDEX = "full-text index"
    STATISTICS = "statistics"
    COMPUTED_COLUMN = "computed column"
    PARTITIONING = "partitioning"
    SECURITY_POLICY = "security policy"
    SYNONYM = "synonym"
    TRIGGER = "trigger"
    PERMISSION = "permission"
    EXTENDED_PROPERTY = "extended property"
    COLUMN = "column"
    PARTITION_SCHEME = "partition scheme"
    CONTRACT = "contract"
    SERVICE = "service"
    MENTION = "definition"
    ALTERATION = "alteration"
    DROP = "drop"


class ObjectKind(StrEnum):
    """An object of a database that holds no rows and runs no statement, in T-SQL's words."""

    SEQUENCE = "sequence"
    TYPE = "type"
    TABLE_TYPE = "table type"
    XML_SCHEMA_COLLECTION = "XML schema collection"
    SYNONYM = "synonym"
    PARTITION_FUNCTION = "partition function"
    PARTITION_SCHEME = "partition scheme"
    MESSAGE_TYPE = "message type"
    CONTRACT = "contract"
    SERVICE = "service"

    @property
    def has_schema(self) -> bool:
        """Does it stand in a schema? Others belong to the database as a whole."""
        return self not in _WITHOUT_SCHEMA


_WITHOUT_SCHEMA = frozenset(
    (
        ObjectKind.PARTITION_FUNCTION,
        ObjectKind.PARTITION_SCHEME,
        ObjectKind.MESSAGE_TYPE,
        ObjectKind.CONTRACT,
        ObjectKind.SERVICE,
    )
)


class StatementKind(StrEnum):
    """The closed list of the document's `statements[].kind`, in T-SQL's words for statements."""

    SELECT = "SELECT"
    SELECT_INTO = "SELECT_INTO"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    MERGE = "MERGE"
    TRUNCATE_TABLE = "TRUNCATE_TABLE"
    BULK_INSERT = "BULK_INSERT"
    COPY_INTO = "COPY_INTO"
    CREATE_TABLE_AS_SELECT = "CREATE_TABLE_AS_SELECT"
    CREATE_EXTERNAL_TABLE_AS_SELECT = "CREATE_EXTERNAL_TABLE_AS_SELECT"
    CREATE_EXTERNAL_TABLE = "CREATE_EXTERNAL_TABLE"
    SWITCH = "SWITCH"
    RENAME = "RENAME"
    EXECUTE = "EXECUTE"
    VIEW = "VIEW"
    INLINE_FUNCTION = "INLINE_FUNCTION"
    IF = "IF"
    WHILE = "WHILE"
    DECLARE = "DECLARE"
    DECLARE_CURSOR = "DECLARE_CURSOR"
    SET = "SET"
    FETCH = "FETCH"
    RETURN = "RETURN"
    PRINT = "PRINT"
    RAISERROR = "RAISERROR"
    THROW = "THROW"
    WAITFOR = "WAITFOR"
    RECEIVE = "RECEIVE"
    SEND = "SEND"
    GET_CONVERSATION_GROUP = "GET_CONVERSATION_GROUP"
    UPDATETEXT = "UPDATETEXT"
    OTHER = "OTHER"
