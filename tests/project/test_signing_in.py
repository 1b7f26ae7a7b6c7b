from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.signing_in import sign_in_of
from sql_lineage_purview.project.project_errors import ConfigurationError
from sql_lineage_purview.purview import Identity, SignIn


def configured(folder: Path, text: str) -> SignIn:
    (folder / "sql-lineage-purview.toml").write_text(f"[purview]\n{text}", encoding="utf-8")
    return sign_in_of(load_settings(folder, arguments={}, environment={}).purview)


def test_what_is_left_open_is_the_clients_choice(tmp_path: Path) -> None:
    assert configured(tmp_path, 'endpoint = "emulator"') == SignIn()


def test_all_of_it_can_be_set(tmp_path: Path) -> None:
    text = """
credential = "managed"
authority = "login.example"
instance_discovery = false
tenant_id = "t"
client_id = "c"
key_vault = "https://v.vault.azure.net"
key_vault_secret = "s"
ca_bundle = "company.pem"
"""
    bundle = (tmp_path / "company.pem").resolve()
    expected = SignIn(
        Identity.MANAGED, "login.example", "t", "c", "https://v.vault.azure.net", "s", False, bundle
    )
    assert configured(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('credential = "secret"', "Known: default, environment"),
        ('key_vault = "https://v"', "key_vault_secret"),
    ],
)
def test_what_cannot_be_used_is_an_error_of_the_configuration(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        configured(tmp_path, text)
