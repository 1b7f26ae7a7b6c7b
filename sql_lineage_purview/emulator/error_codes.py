"""The errors of the Data Map: one table of codes, and the exception that carries one of them.

Codes and texts are those of Apache Atlas (class `AtlasErrorCode`, https://github.com/apache/atlas),
except where a captured answer of Microsoft Purview is known to differ. Only the first message of a
validation is ever shown.
"""

from __future__ import annotations

from msgspec import Struct


class ErrorCode(Struct, frozen=True):
    """A kind of error: its HTTP status, code, and text with `{0}`, `{1}` for the details."""

    status: int
    code: str
    text: str


class EmulatorError(Exception):
    """The emulator cannot run: its file or its port cannot be used.

    The message is one sentence for a person.
    """


class AtlasError(Exception):
    """A request that the Data Map refuses; `str()` is the `errorMessage` of the answer."""

    def __init__(self, kind: ErrorCode, *details: object) -> None:
        super().__init__(kind.text.format(*details))
        self.kind = kind


class GatewayError(Exception):
    """A request that something in front of the Data Map refuses.

    The body of its answer has another shape.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class ConnectionCutError(ConnectionError):
    """A fault on demand: the connection ends without an answer.

    Over HTTP the client sees it closed.
    """


# Definitions of types
CIRCULAR_SUPER_TYPES = ErrorCode(
    400, "ATLAS-400-00-002", "{0}: invalid supertypes - circular reference back to self {1}"
)
INCOMPATIBLE_SUPER_TYPE = ErrorCode(400, "ATLAS-400-00-003", "{0}: incompatible supertype {1}")
MANDATORY_ATTRIBUTE_ADDED = ErrorCode(
    400, "ATLAS-400-00-00C", "{0}.{1} : can not add mandatory attribute"
)
ATTRIBUTE_REMOVED = ErrorCode(400, "ATLAS-400-00-00D", "{0}.{1} : attribute delete not supported")
SUPER_TYPE_REMOVED = ErrorCode(400, "ATLAS-400-00-00E", "superType remove not supported")
CATEGORY_DIFFERS = ErrorCode(400, "ATLAS-400-00-010", "Given type {0} doesn't match {1}")
CARDINALITY_NEEDS_ARRAY = ErrorCode(
    400, "ATLAS-400-00-012", "Cardinality of attribute {0}.{1} requires a list or set type"
)
TYPE_NAME_MALFORMED = ErrorCode(
    400,
    "ATLAS-400-00-019",
    "{0}: invalid name for {1}.  Names must consist of a letter followed by a sequence of letter, "
    "number, space, or '_'"
    " characters",
)
FIELD_EMPTY = ErrorCode(400, "ATLAS-400-00-02B", "Mandatory field {0}.{1} has empty/null value")
ENDS_MISSING = ErrorCode(
    400, "ATLAS-400-00-02C", "relationshipDef {0} creation attempted without 2 ends"
)
TWO_CONTAINERS = ErrorCode(
    400, "ATLAS-400-00-02D", "relationshipDef {0} creation attempted with both ends as containers"
)
ASSOCIATION_WITH_CONTAINER = ErrorCode(
    400,
    "ATLAS-400-00-030",
    "ASSOCIATION relationshipDef {0} creation attempted with an end specifying isContainer",
)
COMPOSITION_WITHOUT_CONTAINER = ErrorCode(
    400,
    "ATLAS-400-00-031",
    "COMPOSITION relationshipDef {0} creation attempted without an end specifying isContainer",
)
AGGREGATION_WITHOUT_CONTAINER = ErrorCode(
    400,
    "ATLAS-400-00-032",
    "AGGREGATION relationshipDef {0} creation attempted without an end specifying isContainer",
)
COMPOSITION_WITH_MANY_PARENTS = ErrorCode(
    400,
    "ATLAS-400-00-033",
    "COMPOSITION relationshipDef {0} can only have one parent; so cannot have SET cardinality on "
    "children",
)
LIST_ON_END = ErrorCode(
    400, "ATLAS-400-00-034", "relationshipDef {0} cannot have a LIST cardinality on an end"
)
END_TYPE_UNUSABLE = ErrorCode(
    400, "ATLAS-400-00-035", "relationshipDef {0} has invalid end type {1}"
)
END1_CHANGED = ErrorCode(
    400,
    "ATLAS-400-00-037",
    "invalid update for relationshipDef {0}: new end1 {1}, existing end1 {2}",
)
END2_CHANGED = ErrorCode(
    400,
    "ATLAS-400-00-038",
    "invalid update for relationshipDef {0}: new end2 {1}, existing end2 {2}",
)
RELATIONSHIP_CATEGORY_CHANGED = ErrorCode(
    400,
    "ATLAS-400-00-039",
    "invalid  update for relationship {0}: new relationshipDef category {1}, existing "
    "relationshipDef category {2}",
)
TYPE_NAME_RESERVED = ErrorCode(
    400,
    "ATLAS-400-00-102",
    "Unsupported {0} name. Names such as 'description','version','options','name','servicetype' "
    "are not supported",
)
TYPE_NAME_NOT_FOUND = ErrorCode(404, "ATLAS-404-00-001", "Given typename {0} was invalid")
TYPE_GUID_NOT_FOUND = ErrorCode(404, "ATLAS-404-00-002", "Given type guid {0} was invalid")
TYPE_EXISTS = ErrorCode(409, "ATLAS-409-00-001", "Given type {0} already exists")
TYPE_IN_USE = ErrorCode(409, "ATLAS-409-00-002", "Given type {0} has references")
TYPE_HAS_RELATIONSHIPS = ErrorCode(
    409, "ATLAS-409-00-005", "Given type {0} has associated relationshipDefs"
)

# Entities
NOT_UNIQUE_ATTRIBUTE = ErrorCode(
    400, "ATLAS-400-00-013", "Type {0} with unique attribute {1} does not exist"
)
TYPE_UNKNOWN = ErrorCode(400, "ATLAS-400-00-014", "Type {0} with name {1} does not exist")
OBJECT_ID_INVALID = ErrorCode(400, "ATLAS-400-00-021", "ObjectId is not valid {0}")
ATTRIBUTE_UNKNOWN = ErrorCode(400, "ATLAS-400-00-023", "Attribute {0} not found for type {1}")
ATTRIBUTE_UPDATE_UNSUPPORTED = ErrorCode(
    400, "ATLAS-400-00-027", "{0}.{1} : attribute update not supported"
)
CUSTOM_KEY_TOO_LONG = ErrorCode(
    400,
    "ATLAS-400-00-08C",
    "Invalid key: {0} in custom attribute, key size should not be greater than 50",
)
CUSTOM_KEY_MALFORMED = ErrorCode(
    400,
    "ATLAS-400-00-08D",
    "Invalid key: {0} in custom attribute, key should only contain alphanumeric characters, '_' "
    "or '-'",
)
CUSTOM_VALUE_TOO_LONG = ErrorCode(
    400,
    "ATLAS-400-00-08E",
    "Invalid value: {0} in custom attribute, value length is greater than {1}",
)
LABEL_TOO_LONG = ErrorCode(
    400, "ATLAS-400-00-08F", "Invalid label: {0}, label size should not be greater than {1}"
)
LABEL_MALFORMED = ErrorCode(
    400,
    "ATLAS-400-00-090",
    "Invalid label: {0}, label should contain alphanumeric characters, '_' or '-'",
)
GUID_NOT_FOUND = ErrorCode(404, "ATLAS-404-00-005", "Given instance guid {0} is invalid/not found")
# An entity that breaks its type is answered 404, not 400; captured from Purview.
INSTANCE_INVALID = ErrorCode(
    404, "ATLAS-404-00-007", "Invalid instance creation/updation parameters passed : {0}"
)
UNIQUE_ATTRIBUTE_NOT_FOUND = ErrorCode(
    404, "ATLAS-404-00-009", "Instance {0} with unique attribute {1} does not exist"
)
REFERENCE_NOT_FOUND = ErrorCode(404, "ATLAS-404-00-00A", "Referenced entity {0} is not found")
NAME_TAKEN = ErrorCode(409, "ATLAS-409-00-003", "failed to update entity: {0}")

CLASSIFICATION_UNKNOWN = ErrorCode(404, "ATLAS-404-00-008", "Given classification {0} was invalid")
CLASSIFICATION_MISSING = ErrorCode(
    400, "ATLAS-400-00-06D", "Classification {0} is not associated with entity"
)

# Relationships and lineage
LINEAGE_PARAMETER_INVALID = ErrorCode(
    400, "ATLAS-400-00-026", "Invalid lineage query parameters passed {0}: {1}"
)
VALUE_INVALID = ErrorCode(400, "ATLAS-400-00-028", "invalid value: {0}")
# Purview's own text, shorter than that of today's Atlas:
# https://github.com/microsoft/Purview-ADB-Lineage-Solution-Accelerator/issues/203
END_TYPES_INVALID = ErrorCode(
    400, "ATLAS-400-00-036", "invalid relationshipDef: {0}: end type 1: {1}, end type 2: {2}"
)
# Atlas answers these two with 404 although their codes say 400.
END_CHANGED = ErrorCode(
    404,
    "ATLAS-400-00-069",
    "change of relationship end is not permitted. relationship-type={0}, relationship-guid={1}, "
    "end-guid={2},"
    " updated-end-guid={3}",
)
RELATIONSHIP_TYPE_CHANGED = ErrorCode(
    404,
    "ATLAS-400-00-06A",
    "change of relationship type is not permitted. relationship-guid={0}, current-type={1}, "
    "new-type={2}",
)
END_NOT_FOUND = ErrorCode(
    400, "ATLAS-400-00-07D", "Relationship end is invalid. Expected {0} but is NULL"
)
RELATIONSHIP_NOT_FOUND = ErrorCode(
    404, "ATLAS-404-00-00C", "Given relationship guid {0} is invalid/not found"
)
RELATIONSHIP_INVALID = ErrorCode(
    404, "ATLAS-404-00-00D", "Invalid relationship creation/updation parameters passed : {0}"
)
RELATIONSHIP_DELETED = ErrorCode(
    404, "ATLAS-404-00-00F", "Attempting to delete a relationship which is already deleted : {0}"
)
NO_LINEAGE_TYPE = ErrorCode(
    404,
    "ATLAS-404-00-011",
    "Given instance guid {0} with type {1} is not a valid lineage entity type.",
)
RELATIONSHIP_EXISTS = ErrorCode(
    409, "ATLAS-409-00-004", "relationship {0} already exists between entities {1} and {2}"
)

# The account's own API; the text is not captured.
COLLECTION_UNKNOWN = ErrorCode(404, "CollectionNotFound", "Collection {0} does not exist")

# Any request
STATE_NOT_KEPT = ErrorCode(507, "InsufficientStorage", "{0}")
NOT_AUTHORIZED = ErrorCode(403, "ATLAS-403-00-001", "{0} is not authorized to perform {1}")
PARAMETERS_INVALID = ErrorCode(400, "ATLAS-400-00-01A", "invalid parameters: {0}")
BAD_REQUEST = ErrorCode(400, "ATLAS-400-00-029", "{0}")
QUERY_VALUE_TOO_LONG = ErrorCode(
    400, "ATLAS-400-00-057", "Length of query param {0} exceeds the limit"
)
INTERNAL_ERROR = ErrorCode(500, "ATLAS-500-00-001", "Internal server error {0}")
# Purview's gateway, captured: https://github.com/tayganr/purviewcli/issues/13
REQUEST_UNRECOGNIZED = ErrorCode(
    404, "RequestInvalid", "Request is not recognized. Please verify the HTTP method, header or URL"
)
REQUEST_MALFORMED = ErrorCode(
    400, "RequestInvalid", "Request is not recognized. Please verify the HTTP method, header or URL"
)
