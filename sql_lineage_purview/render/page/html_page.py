"""A lineage graph as one HTML page that holds all it needs, byte-identical for equal graphs."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from ...model.printable import to_json
from .page_data import page_data

if TYPE_CHECKING:
    from ...model.graph import LineageGraph

# In the order in which they use each other; together they are one script.
_SCRIPTS = ("lineage.js", "layers.js", "picture.js", "views.js", "start.js")

# What could end the element that holds the data, or begin another one.
_MARKUP = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def render_page(graph: LineageGraph) -> str:
    """The page.

    Its policy lets the browser run this script and this style alone, and load nothing.
    """
    style = _asset("page.css")
    script = f'"use strict";\n(() => {{\n{"".join(map(_asset, _SCRIPTS))}}})();\n'
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "style": style,
        "data": embedded(page_data(graph)),
        "script": script,
    }
    start, *pieces = _asset("page.html").split("{{")
    return start + "".join(
        parts[name] + text for name, text in (piece.split("}}", 1) for piece in pieces)
    )


def embedded(value: object) -> str:
    """A value as JSON that may stand in an element of HTML: no name in it is markup."""
    return to_json(value).translate(_MARKUP)


def _asset(name: str) -> str:
    from importlib import resources  # noqa: PLC0415 - it loads more than all other formats need

    return (resources.files(__package__) / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    """What a policy allows an element by: the digest of what stands in it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
