from __future__ import annotations

import os
from pathlib import Path

import pytest

from sql_lineage_purview.model.opening import UnusableFileError, open_file, read_file, read_head


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1234")

    assert read_file(tmp_path / "f", 4) == b"1234"
    with pytest.raises(UnusableFileError) as error:
        read_file(tmp_path / "f", 3)
    assert "larger than" in (error.value.strerror or "")


def test_a_file_that_grows_while_it_is_read_is_no_larger_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_bytes(b"1234")
    size = os.fstat

    def at_first(descriptor: int) -> os.stat_result:
        row = list(size(descriptor))
        row[6] = 0
        return os.stat_result(row)

    monkeypatch.setattr(os, "fstat", at_first)
    with pytest.raises(UnusableFileError):
        read_file(tmp_path / "f", 3)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError) as error:
        open_file(tmp_path)
    assert error.value.strerror == "a folder"


def test_the_head_of_what_is_missing_is_empty(tmp_path: Path) -> None:
    assert read_head(tmp_path / "none", 10) == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no place among the files")
@pytest.mark.parametrize("special", ["pipe", "device", "link to a device"])
def test_what_is_no_regular_file_is_not_opened(special: str, tmp_path: Path) -> None:
    place = tmp_path / "p"
    if special == "pipe":
        os.mkfifo(place)
    elif special == "device":
        place = Path("/dev/zero")
    else:
        place.symlink_to("/dev/zero")

    with pytest.raises(UnusableFileError) as error:
        read_file(place, 10)
    assert error.value.strerror == "no regular file"
    assert read_head(place, 10) == b""
