"""Where in a JSON text its objects stand: the parser of the standard library does not tell."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

from ...model.diagnostics import Span
from ...model.json_text import parse_json
from ...model.regex import regex

_MARK = regex(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)


class LocatedJson:
    """A parsed JSON text whose objects know their places."""

    def __init__(self, data: bytes) -> None:
        """Parse a text.

        Raises:
            ValueError: it is no JSON, or nested too deeply.
        """
        text = data.decode(json.detect_encoding(data))
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._spans: dict[int, Span] = {}
        self._json_objects: list[object] = []  # an id is that of one object only while this lives
        ends = iter(self._objects(text))

        def located(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            json_object = dict(pairs)
            # the parser makes an object at its closing brace, so both go in one order
            self._spans[id(json_object)] = next(ends)
            self._json_objects.append(json_object)
            return json_object

        self.value: object = parse_json(data, located)

    def span(self, thing: object) -> Span:
        """Where an object of the document stands."""
        return self._spans.get(id(thing), Span())

    def _objects(self, text: str) -> list[Span]:
        """The places of all objects in the order of their ends.

        That is the order in which the parser makes them.
        """
        spans: list[Span] = []
        opened: list[int] = []
        for match in _MARK.finditer(text):
            if match[0] == "{":
                opened.append(match.start())
            elif match[0] == "}" and opened:
                spans.append(self._span(opened.pop(), match.end()))
        return spans

    def _span(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self._lines, start), bisect_right(self._lines, end - 1)
        return Span(
            line, start - self._lines[line - 1] + 1, end_line, end - self._lines[end_line - 1] + 1
        )
