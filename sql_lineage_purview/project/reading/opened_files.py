"""The files of one scan, each opened once.

What was read is handed on, and given up when nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field

from ...model.document import Document
from ...model.opening import first_bytes, read_file

# bytes of a file that is read to its end where only its first bytes are asked for
_SMALL = 256 * 1024


class OpenedFiles(Struct):
    """What was read and is not given up yet.

    A scan may hold gigabytes, so whoever is the last to need a file gives it up (`release`).
    """

    documents: dict[Path, Document] = field(default_factory=dict)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> OpenedFiles:
        """Files that were read elsewhere."""
        return cls({document.location: document for document in documents})

    def read(self, location: Path, most: int) -> Document:
        """A file of `most` bytes at the most.

        Raises:
            UnusableFileError: it is no regular file, or larger.
            OSError: it is missing, or may not be read.
        """
        document = self.documents.get(location)
        if document is None or len(document.data) > most:
            document = self.documents[location] = Document(location, read_file(location, most))
        return document

    def read_once(self, location: Path, most: int) -> Document:
        """A file that is given up at once: whoever asks remembers what it says.

        Raises:
            OSError: it cannot be read.
        """
        document = self.read(location, most)
        self.release(location)
        return document

    def head(self, location: Path, most: int) -> bytes:
        """The first bytes of a file; none where it cannot be read.

        A small file is kept as a whole.
        """
        document = self.documents.get(location)
        if document is None:
            limit = max(most, _SMALL)
            try:
                data = first_bytes(location, limit)
            except OSError:
                return b""
            # more may follow, so it is not the whole file
            if len(data) == limit:
                return data[:most]
            document = self.documents[location] = Document(location, data)
        return document.data[:most]

    def held(self, locations: Iterable[Path]) -> tuple[Document, ...]:
        """Those of some files that are not given up."""
        return tuple(
            self.documents[location] for location in locations if location in self.documents
        )

    def release(self, location: Path) -> None:
        """Give up a file."""
        self.documents.pop(location, None)
