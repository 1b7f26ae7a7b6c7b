"""Project files of MSBuild, as far as they say which files and references a project has.

Source: https://learn.microsoft.com/visualstudio/msbuild/msbuild-items (Exclude, Remove;
conditions are taken as met), https://learn.microsoft.com/visualstudio/msbuild/msbuild-properties (a
later value counts; one that has a condition is a default),
https://learn.microsoft.com/visualstudio/msbuild/msbuild-reserved-and-well-known-properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree as Xml

from msgspec import Struct, field

from ...model.limits import PROJECT_BYTES, PROPERTY_CHARACTERS
from ...model.opening import read_file
from ...model.regex import regex
from ...tsql.reading.decode import decode

PROPERTY = regex(r"\$\(\s*([\w.]+)\s*\)")
# characters of a value; properties that double each other would grow without end
_MAX_LENGTH = 10_000


class ProjectFile(Struct):
    """A project file: its items and properties.

    Tags are without the namespace that projects of the old style have.
    """

    location: Path
    root: Xml.Element
    properties: dict[str, str] = field(default_factory=dict)
    _filled: int = 0  # characters that the values of properties have added

    @classmethod
    def read(cls, location: Path) -> ProjectFile:
        """Read a project file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no project file, or declares a document type, which none does and
                which could hold entities.
        """
        file = cls(location, _root(read_file(location, PROJECT_BYTES)))
        folder, name = str(location.parent), location.stem
        file.properties = {
            "msbuildprojectname": name,
            "projectname": name,
            # a name is written behind these two at once: $(ProjectDir)a.sql
            "projectdir": f"{folder}/",
            "msbuildthisfiledirectory": f"{folder}/",
            "msbuildprojectdirectory": folder,
        }
        file._read_properties()
        return file

    def items(self, *tags: str) -> Iterator[Xml.Element]:
        """The items of some kinds that the file includes, in its order."""
        return (
            element
            for element in self.root.iter()
            if tag_of(element) in tags and element.get("Include")
        )

    def values(self, tags: Sequence[str], attribute: str) -> list[str]:
        """An attribute of the items of some kinds, with the values of properties."""
        values = (element.get(attribute) for element in self.root.iter() if tag_of(element) in tags)
        return [self.filled(value) for value in values if value]

    def metadata(self, item: Xml.Element, name: str) -> str:
        """What an item says of itself, as an element inside it or as an attribute.

        Empty where it does not.
        """
        text = next(
            (child.text or "" for child in item if tag_of(child) == name), item.get(name) or ""
        )
        return self.filled(text).strip()

    def property(self, name: str) -> str:
        """The value of a property; empty where the file gives it none."""
        return self.properties.get(name.lower(), "").strip()

    def filled(self, text: str) -> str:
        """A text with the values of properties; `$(name)` stays where the file gives it none."""
        values = (
            self.properties.get(match[1].lower(), match[0]) for match in PROPERTY.finditer(text)
        )
        if self._filled > PROPERTY_CHARACTERS or any(
            total > _MAX_LENGTH for total in accumulate(map(len, values))
        ):
            return text
        replaced = PROPERTY.sub(lambda match: self.properties.get(match[1].lower(), match[0]), text)
        self._filled += max(0, len(replaced) - len(text))
        return replaced if len(replaced) <= _MAX_LENGTH else text

    def _read_properties(self) -> None:
        """Properties in their order: each knows those above it."""
        written: set[str] = set()
        for group in (
            element for element in self.root.iter() if tag_of(element) == "PropertyGroup"
        ):
            for element in group:
                name = tag_of(element).lower()
                # <X Condition="'$(X)' == ''">default</X> is the custom, and conditions are not
                # evaluated
                if name in written and (element.get("Condition") or group.get("Condition")):
                    continue
                written.add(name)
                self.properties[name] = self.filled((element.text or "").strip())


def tag_of(element: Xml.Element) -> str:
    """The name of an element.

    Projects of the old style have a namespace, those of the new have none.
    """
    return element.tag.rpartition("}")[2]


def _root(data: bytes) -> Xml.Element:
    text = decode(data).text
    if text is None or "<!DOCTYPE" in text:
        raise ValueError("not a project file")
    try:
        # a text that begins with a byte order mark is no XML to the parser
        root = Xml.fromstring(text.lstrip("\ufeff"))  # noqa: S314  # without a document type there are no entities
    except Xml.ParseError as error:
        raise ValueError(f"not valid XML ({error})") from None
    if tag_of(root) != "Project":
        raise ValueError("not a project file")
    return root
