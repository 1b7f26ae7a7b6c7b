"""Bytes to text, in the encodings that SQL tools write."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE = 4096
# A carriage return put before the byte 0A alone, and what it was; of no text in UTF-16 every line
# ends so.
_BROKEN_LINE_ENDS = {
    "utf-16-le": (b"\r\0\r\n\0", b"\r\0\n\0"),
    "utf-16-be": (b"\0\r\0\r\n", b"\0\r\0\n"),
}


class Decoded(Struct, frozen=True):
    """A text, its encoding's name as Python knows it, and what was wrong with the bytes.

    `text` None: no text at all.
    """

    text: str | None
    encoding: str
    diagnostics: tuple[Diagnostic, ...] = ()


def decode(data: bytes) -> Decoded:
    """Read bytes by their mark, else as UTF-8, UTF-16 without a mark, or Windows-1252.

    Every line ends in a line feed alone.

    A lone carriage return ends a line too, and a comment with it, as it does for Microsoft's parser
    and in Management Studio.
    """
    decoded = _decoded(data)
    if decoded.text is None or "\r" not in decoded.text:
        return decoded
    return replace(decoded, text=decoded.text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(
                data[len(mark) :], encoding, f"{encoding}-sig" if encoding == "utf-8" else encoding
            )
    if b"\0" in data[:_SAMPLE]:
        return _unmarked_utf16(data)
    # UTF-8 first: text in another encoding is almost never valid in it, and almost anything is
    # valid in a code page
    for encoding in ("utf-8", "cp1252"):
        try:
            return Decoded(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    return _replaced(data, "cp1252", "cp1252")


def _strict(data: bytes, encoding: str, shown: str) -> Decoded:
    broken, line_end = _BROKEN_LINE_ENDS.get(encoding, (b"", b""))
    if broken and broken in data and line_end not in data:
        return _mended(data.replace(broken, line_end), encoding, shown)
    try:
        return Decoded(data.decode(encoding), shown)
    except UnicodeDecodeError:
        return _replaced(data, encoding, shown)


def _mended(data: bytes, encoding: str, shown: str) -> Decoded:
    """UTF-16 whose line ends a program has changed as those of an 8-bit text.

    The program is most often git. Every other line is shifted.
    """
    decoded = _strict(data, encoding, shown)
    message = (
        "line ends of UTF-16 were changed as if it were an 8-bit text (git's autocrlf does "
        "so); they were put right"
    )
    return replace(
        decoded, diagnostics=(*decoded.diagnostics, Diagnostic("SLP003", message, Span()))
    )


def _replaced(data: bytes, encoding: str, shown: str) -> Decoded:
    text = data.decode(encoding, "replace")
    line = text.count("\n", 0, max(0, text.find("�"))) + 1
    message = (
        f"the bytes on line {line} are valid in no known encoding; read as {shown} with the "
        "odd ones replaced"
    )
    return Decoded(text, shown, (Diagnostic("SLP003", message, Span(line, 1, line, 1)),))


def _unmarked_utf16(data: bytes) -> Decoded:
    """Text in UTF-16 without a mark has its NUL bytes on one side of each pair.

    Anything else with NUL bytes is no text.
    """
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    # ASCII is half NUL bytes in UTF-16; six tenths leave room for comments in other scripts
    if odd > half * 0.6 and even < half * 0.05:
        return _strict(data, "utf-16-le", "utf-16-le")
    if even > half * 0.6 and odd < half * 0.05:
        return _strict(data, "utf-16-be", "utf-16-be")
    message = "the file holds binary data, not a script"
    return Decoded(None, "binary", (Diagnostic("SLP002", message, Span()),))
