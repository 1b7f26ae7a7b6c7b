"""Forms in which scripts hold secrets: what people call one, wherever it stands.

They stand in `secret_forms.txt`, one a line: its name, the statement, and behind `|` the string in
it. In the statement `~` is where the string stands, in the string where the secret does; a form
without a string is the secret alone. `⏎` ends a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Form:
    """A statement that holds a secret."""

    name: str
    statement: str
    content: str = "~"

    @property
    def alone(self) -> bool:
        """Is the string nothing but the secret?"""
        return self.content == "~"


_FILE = Path(__file__).with_suffix(".txt")


def _forms() -> dict[str, Form]:
    rows = [
        (row[:39].strip(), *_parts(row[39:]))
        for row in _FILE.read_text(encoding="utf-8").splitlines()
    ]
    return {
        name: Form(name, _lines(statement), _lines(content)) for name, statement, content in rows
    }


def _parts(row: str) -> tuple[str, str]:
    statement, bar, content = row.partition("|")
    return statement, content if bar else "~"


def _lines(text: str) -> str:
    return text.replace("⏎", "\n").strip()


FORMS = _forms()
