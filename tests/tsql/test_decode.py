from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sql_lineage_purview.tsql.reading.decode import decode

TEXT = "SELECT 'größe'\r\nFROM dbo.[Straße] -- 数据\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode_with_and_without_a_mark(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.diagnostics) == (
        TEXT.replace("\r\n", "\n"),
        encoding,
        (),
    )


def test_a_lone_carriage_return_ends_a_line() -> None:
    assert (
        decode(b"SELECT 1 -- one\rSELECT 2\r\nSELECT 3\r\r\nSELECT 4").text
        == "SELECT 1 -- one\nSELECT 2\nSELECT 3\n\nSELECT 4"
    )


def test_text_that_is_no_unicode_is_windows_1252() -> None:
    decoded = decode("SELECT 'größe €'".encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.diagnostics) == (
        "SELECT 'größe €'",
        "cp1252",
        (),
    )


def test_bytes_of_no_known_encoding_are_replaced_and_reported() -> None:
    decoded = decode(b"SELECT 1\nFROM t\x81\xff")
    (diagnostic,) = decoded.diagnostics
    assert (diagnostic.code, diagnostic.span.line) == ("SLP003", 2)
    assert decoded.text == "SELECT 1\nFROM t\N{REPLACEMENT CHARACTER}ÿ"


def test_broken_utf_16_is_read_as_far_as_it_goes() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + "SELECT".encode("utf-16-le") + b"\x00")
    assert decoded.text is not None
    assert decoded.text.startswith("SELECT")
    assert [d.code for d in decoded.diagnostics] == ["SLP003"]


def test_a_binary_file_has_no_text() -> None:
    decoded = decode(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8")
    assert decoded.text is None
    assert [d.code for d in decoded.diagnostics] == ["SLP002"]


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"").text == ""


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_said_to_be_none(data: bytes) -> None:
    decoded = decode(data)
    assert decoded.text is not None or [d.code for d in decoded.diagnostics] == ["SLP002"]


@given(
    st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r\ufeff"), max_size=100
    ),
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_what_was_encoded_comes_back(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@given(
    lines=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n\0")), min_size=2)
)
def test_line_ends_that_git_has_changed_are_put_right(encoding: str, lines: list[str]) -> None:
    mark = "\ufeff".encode(encoding)
    data = mark + "\r\n".join(lines).encode(encoding)
    decoded = decode(data.replace(b"\n", b"\r\n"))
    assert decoded.text == "\n".join(lines)
    assert [diagnostic.code for diagnostic in decoded.diagnostics] == ["SLP003"]
    assert decode(data) == replace(decoded, diagnostics=())
