from __future__ import annotations

import pytest

from sql_lineage_purview.purview.resolving.storage import ADLS_GEN2, BLOB, parse_address

ADDRESSES = [
    (
        "https://acct.dfs.core.windows.net/c/p/f.parquet",
        "https://acct.dfs.core.windows.net/c/p/f.parquet",
        "azure_datalake_gen2_path",
    ),
    (
        "abfss://c@acct.dfs.core.windows.net/p/f.csv",
        "https://acct.dfs.core.windows.net/c/p/f.csv",
        "azure_datalake_gen2_path",
    ),
    (
        "abfs://c@acct.dfs.core.windows.net",
        "https://acct.dfs.core.windows.net/c",
        "azure_datalake_gen2_filesystem",
    ),
    (
        "wasbs://c@acct.blob.core.windows.net/p",
        "https://acct.blob.core.windows.net/c/p",
        "azure_blob_path",
    ),
    (
        "https://acct.blob.core.windows.net/c/",
        "https://acct.blob.core.windows.net/c",
        "azure_blob_container",
    ),
    (
        "https://acct.dfs.core.windows.net/",
        "https://acct.dfs.core.windows.net",
        "azure_datalake_gen2_service",
    ),
    (
        "https://acct.blob.core.windows.net",
        "https://acct.blob.core.windows.net",
        "azure_blob_service",
    ),
    (
        "https://a.z12.blob.storage.azure.net/c/f.csv",
        "https://a.z12.blob.storage.azure.net/c/f.csv",
        "azure_blob_path",
    ),
    (
        "https://a.dfs.core.usgovcloudapi.net/c/f.csv",
        "https://a.dfs.core.usgovcloudapi.net/c/f.csv",
        "azure_datalake_gen2_path",
    ),
]


@pytest.mark.parametrize(("address", "qualified_name", "type_name"), ADDRESSES)
def test_an_address_gets_the_name_and_type_that_a_scan_registers(
    address: str, qualified_name: str, type_name: str
) -> None:
    parsed = parse_address(address)
    assert parsed
    assert (parsed.qualified_name, parsed.types[0]) == (qualified_name, type_name)


def test_a_file_may_be_a_resource_set_too() -> None:
    parsed = parse_address("https://acct.blob.core.windows.net/c/f.csv")
    assert parsed
    assert parsed.types == (BLOB.path, BLOB.resource_set)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "HTTPS://MyAcct.DFS.Core.Windows.net/c//Folder///Data.CSV",
            "https://myacct.dfs.core.windows.net/c/Folder/Data.csv",
        ),
        (
            "https://a.dfs.core.windows.net/c/ x /y .txt",
            "https://a.dfs.core.windows.net/c/x/y .txt",
        ),
        ("https://a.dfs.core.windows.net/c/a%20b.csv", "https://a.dfs.core.windows.net/c/a b.csv"),
        (
            "https://a.dfs.core.windows.net/c/f.PARQUET",
            "https://a.dfs.core.windows.net/c/f.PARQUET",
        ),
    ],
)
def test_an_address_is_normalized_as_at_ingestion(address: str, expected: str) -> None:
    parsed = parse_address(address)
    assert parsed
    assert parsed.qualified_name == expected


def test_a_signature_is_never_kept() -> None:
    parsed = parse_address("https://a.blob.core.windows.net/c/f.csv?sv=2022&sig=SECRET")
    assert "SECRET" not in repr(parsed)


def test_braces_are_encoded_since_placeholders_are_written_with_them() -> None:
    parsed = parse_address("https://a.blob.core.windows.net/c/{x}/f.csv")
    assert parsed
    assert parsed.spellings == ("https://a.blob.core.windows.net/c/%7Bx%7D/f.csv",)


def test_a_folder_is_tried_with_and_without_its_last_slash() -> None:
    parsed = parse_address("https://a.dfs.core.windows.net/c/landing/")
    assert parsed
    assert parsed.spellings == (
        "https://a.dfs.core.windows.net/c/landing",
        "https://a.dfs.core.windows.net/c/landing/",
    )
    assert parsed.sibling.kind is BLOB
    assert parsed.sibling.sibling.kind is ADLS_GEN2


@pytest.mark.parametrize(
    "text",
    [
        r"C:\data\x.csv",
        r"\\server\share\x.csv",
        "s3://bucket/x.csv",
        "https://example.com/x.csv",
        "/landing/x.csv",
        "",
    ],
)
def test_other_places_are_no_address(text: str) -> None:
    assert parse_address(text) is None
