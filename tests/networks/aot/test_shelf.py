"""Which packages are given out, and what is said of those that are not."""

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
import torch

from pipeline.models.aot.key import PackageKey, architecture_of, key_of
from pipeline.models.aot.shelf import CONSTANTS, MANIFEST, PACKAGE, Package, PackageShelf, Refusal, Verification
from pipeline.models.aot.spec import Precision
from tests.support.packages import KEY
from tests.support.tiny_networks import classifier

VERIFIED = Verification(3, 1e-6, 1e-4, 0.1, 0.2, 30.0)


@pytest.fixture
def shelf(tmp_path: Path) -> PackageShelf:
    shelf = PackageShelf(tmp_path / "packages")
    shelf.put(KEY, b"archive", b"constants", VERIFIED)
    return shelf


def test_what_was_put_is_found(shelf: PackageShelf) -> None:
    found = shelf.find(KEY)
    assert found == Package(shelf.folder / KEY.folder, KEY, VERIFIED)
    assert (found.archive.read_bytes(), found.constants.read_bytes()) == (b"archive", b"constants")
    assert [path.name for path in shelf.folder.iterdir()] == [KEY.folder]


@pytest.mark.parametrize("field", [field.name for field in fields(PackageKey)])
def test_a_key_that_differs_anywhere_finds_nothing(shelf: PackageShelf, field: str) -> None:
    other = "cuda other" if field == "architecture" else "other"
    found = shelf.find(replace(KEY, **{field: other}))
    assert isinstance(found, Refusal)
    wanted = {
        "network": Refusal("it was not compiled", absent=True),
        "signature": Refusal("it was not compiled for these shapes", absent=True),
    }
    assert found == wanted.get(field, Refusal(f"compiled for {field} {getattr(KEY, field)}, not {other}"))


def test_packages_for_the_other_device_are_no_reason(shelf: PackageShelf) -> None:
    assert shelf.find(replace(KEY, architecture="cpu x86_64 AVX2 0a0b0c0d")) == Refusal(
        "it was not compiled", absent=True
    )


@pytest.mark.parametrize("field", [field.name for field in fields(PackageKey)])
def test_a_package_under_anothers_name_is_refused(shelf: PackageShelf, field: str) -> None:
    other = replace(KEY, **{field: "other"})
    (shelf.folder / KEY.folder).rename(shelf.folder / other.folder)
    assert shelf.find(other) == Refusal(f"its manifest names another {field}")


@pytest.mark.parametrize("name", [PACKAGE, CONSTANTS])
@pytest.mark.parametrize("change", ["shorter", "other", "gone"])
def test_changed_files_are_refused(shelf: PackageShelf, name: str, change: str) -> None:
    path = shelf.folder / KEY.folder / name
    data = path.read_bytes()
    path.unlink()
    if change != "gone":
        path.write_bytes(data[:-1] if change == "shorter" else data[:-1] + b"!")
    assert shelf.find(KEY) == Refusal(f"{name} is incomplete or was changed")


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", '{"key": {}, "files": [], "verification": {}}', '{"key": 1, "files": 2}']
)
def test_a_damaged_manifest_is_refused(shelf: PackageShelf, text: str | None) -> None:
    path = shelf.folder / KEY.folder / MANIFEST
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert shelf.find(KEY) == Refusal("its manifest is missing or damaged")
    assert shelf.find(replace(KEY, torch="other")) == Refusal("it was not compiled", absent=True)


def test_a_manifest_that_leaves_out_a_file_is_refused(shelf: PackageShelf) -> None:
    path = shelf.folder / KEY.folder / MANIFEST
    manifest = json.loads(path.read_text())
    manifest["files"] = [file for file in manifest["files"] if file["name"] != CONSTANTS]
    path.write_text(json.dumps(manifest))
    assert isinstance(shelf.find(KEY), Refusal)


def test_a_file_outside_the_folder_is_refused(shelf: PackageShelf) -> None:
    path = shelf.folder / KEY.folder / MANIFEST
    manifest = json.loads(path.read_text())
    manifest["files"][0]["name"] = "../elsewhere"
    path.write_text(json.dumps(manifest))
    assert isinstance(shelf.find(KEY), Refusal)


def test_the_manifest_says_how_the_package_was_checked(shelf: PackageShelf) -> None:
    manifest = json.loads((shelf.folder / KEY.folder / MANIFEST).read_text())
    assert manifest["verification"] == asdict(VERIFIED)
    assert manifest["key"] == asdict(KEY)


def test_an_interrupted_write_leaves_nothing_that_is_found(
    shelf: PackageShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(KEY, torch="other")

    def die(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        shelf.put(other, b"archive", b"constants", VERIFIED)
    assert isinstance(shelf.find(other), Refusal)
    assert [path.name for path in shelf.folder.iterdir()] == [KEY.folder]


def test_a_disk_that_cannot_rename_folders_still_takes_packages(
    shelf: PackageShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(KEY, torch="other")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(18, "cross-device")

    monkeypatch.setattr(Path, "rename", refuse)
    shelf.put(other, b"archive", b"constants", VERIFIED)
    assert isinstance(shelf.find(other), Package)
    assert sorted(path.name for path in shelf.folder.iterdir()) == sorted([KEY.folder, other.folder])


def test_a_download_is_taken_over_only_under_its_key(shelf: PackageShelf, tmp_path: Path) -> None:
    own = PackageShelf(tmp_path / "own")
    other = replace(KEY, architecture="cuda sm_90 x86_64 AVX2 0a0b0c0d")
    assert own.adopt(shelf.folder, other) == Refusal(
        f"compiled for architecture {KEY.architecture}, not {other.architecture}"
    )
    assert not own.folder.exists()
    assert isinstance(own.adopt(shelf.folder, KEY), Package)
    assert isinstance(own.find(KEY), Package)


def test_the_key_of_this_machine_names_all_it_depends_on() -> None:
    spec = classifier()
    key = key_of(spec, spec.signatures[0], "cpu", Precision.FLOAT32)
    assert (key.network, key.revision, key.precision) == ("tiny-classifier", "r1", "float32")
    assert key.signature == "float[2,3,16,16]"
    assert key.torch == torch.__version__
    assert key.architecture == architecture_of("cpu")
    assert key.architecture.startswith("cpu ")
    assert key.code.endswith(spec.code)
    assert len({key.digest, key_of(spec, spec.signatures[1], "cpu", Precision.FLOAT32).digest}) == 2
    assert key_of(spec, spec.signatures[0], "cpu", Precision.FLOAT16).digest != key.digest
