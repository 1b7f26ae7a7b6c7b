"""Methods of columns, which look like functions of a schema.

Compare `x.value('(/a)[1]', 'int')` with `dbo.value(c)`.

A function of the user's has a schema before it, a method a column; which of them a text means is
told by what is called, and by its arguments. Source:
https://learn.microsoft.com/sql/t-sql/xml/xml-data-type-methods,
https://learn.microsoft.com/sql/t-sql/spatial-geometry/spatial-types-geometry-transact-sql,
https://learn.microsoft.com/sql/t-sql/data-types/hierarchyid-data-type-method-reference,
https://learn.microsoft.com/azure/synapse-analytics/sql/query-specific-files
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

# XQuery stands as a constant in them.
_XML = {"value": (2,), "query": (1,), "exist": (1,), "nodes": (1,), "modify": (1, 2)}
# Of which file a row of OPENROWSET(BULK …) is.
OF_FILES = {"filepath": (0, 1), "filename": (0,)}
# of hierarchyid, geometry and geography; their number of arguments tells `c.STLength()` from
# `dbo.STLength(c)`
_WITHOUT_ARGUMENTS = """
    tostring getlevel asbinaryzm asgml astextzm envelopeangle envelopecenter isvaliddetailed
    makevalid mindbcompatibilitylevel numrings reorientobject starea stasbinary stastext stboundary
    stcentroid stconvexhull stcurvetoline stdimension stendpoint stenvelope stexteriorring
    stgeometrytype stisclosed stisempty stisring stissimple stisvalid stlength stnumcurves
    stnumgeometries stnuminteriorring stnumpoints stpointonsurface ststartpoint
"""
_WITH_ONE = """
    getancestor isdescendantof read write bufferwithcurves filter instanceof reduce ringn
    shortestlineto stbuffer stcontains stcrosses stcurven stdifference stdisjoint stdistance
    stequals stgeometryn stinteriorringn stintersection stintersects stoverlaps stpointn
    stsymdifference sttouches stunion stwithin unionaggregate collectionaggregate envelopeaggregate
    convexhullaggregate
"""
_OTHERS = {
    **dict.fromkeys(_WITHOUT_ARGUMENTS.split(), (0,)),
    **dict.fromkeys(_WITH_ONE.split(), (1,)),
    "getdescendant": (2,),
    "getreparentedvalue": (2,),
    "curvetolinewithtolerance": (2,),
    "strelate": (2,),
    "bufferwithtolerance": (3,),
}
_SCHEMAS = frozenset({"dbo", "sys"})  # nobody's columns are called so
_LONGEST_FUNCTION = 2  # names before that of a function: database and schema


def is_method(names: Sequence[str], name: str, arguments: Sequence[exp.Expr]) -> bool:
    """Can what stands behind these names be a method of a column, by its name and its arguments?"""
    # `dbo.value(c)`: somebody's function, though its name is a method's
    if len(names) <= _LONGEST_FUNCTION and names[-1].lower() in _SCHEMAS:
        return False
    method = name.lower()
    if method in _XML:
        return len(arguments) in _XML[method] and _is_constant(arguments[0])
    if method in OF_FILES:
        return len(arguments) in OF_FILES[method] and all(
            isinstance(argument, exp.Literal) for argument in arguments
        )
    if method.endswith("astext") and name[:1].isupper():  # of types of the user's own
        return not arguments
    return len(arguments) in _OTHERS.get(method, ())


def is_surely_method(names: Sequence[str], name: str) -> bool:
    """Is a possible method no function: its XQuery or its many names tell?"""
    return name.lower() in _XML or len(names) > _LONGEST_FUNCTION


def _is_constant(argument: exp.Expr) -> bool:
    return isinstance(argument, exp.Literal) and bool(argument.is_string)
