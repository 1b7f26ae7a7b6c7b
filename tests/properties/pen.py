"""How names and layout are written: plainly, or in any of the ways that T-SQL has for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from sql_lineage_purview.model.names import bracketed

from .drawing import DrawnTable

_TOKENS = re.compile(r"N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"[^\"]*\"|[@#\w$]+|\s+|.", re.DOTALL)
_COMMENTS = ("/* it's; */", "-- GO; 'x\n", "/* a /* nested */ one */", "\n\n", "\t", "--\n")


@dataclass
class Pen:
    """How names and layout are written. `random` None: plainly."""

    random: Random | None = None
    used: int = 0

    def alias(self, word: str) -> str:
        """A new name of our own: an alias, a temporary table, a variable, an expression."""
        self.used += 1
        if self.random is None:
            return f"{word}{self.used}"
        return f"{self.random.choice(['q', 'Alias_', 'Été', 'k$'])}{self.used}"

    def name(self, part: str) -> str:
        if self.random is None:
            return bracketed(part)
        return self.random.choice([bracketed(part), f"[{part.replace(']', ']]')}]", f'"{part}"'])

    def table(self, table: DrawnTable) -> str:
        dot = "." if self.random is None else self.random.choice([".", ".", " . "])
        if self.random is not None and table.schema == "dbo" and self.random.random() < 0.3:
            return self.name(table.name)
        return self.name(table.schema) + dot + self.name(table.name)

    def layout(self, statement: str) -> str:
        """The statement in random case, with comments and odd blanks."""
        if self.random is None:
            return statement
        return "".join(self._token(token) for token in _TOKENS.findall(statement))

    def _token(self, token: str) -> str:
        assert self.random is not None
        if token.isspace():
            return f" {self.random.choice(_COMMENTS)} " if self.random.random() < 0.15 else token
        if token[:2] == "N'" or token[0] == "'":
            return token
        if token.isascii() and self.random.random() < 0.4:
            return self.random.choice([token.upper(), token.lower()])
        return token

    def end(self, following: str) -> str:
        """What separates two statements: T-SQL asks for a semicolon before WITH alone."""
        if self.random is None or following.lstrip().upper().startswith("WITH"):
            return ";\n"
        return self.random.choice([";\n", "\n", " ", ";;\n", " ; "])
