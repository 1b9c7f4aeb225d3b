"""Other users of the machine: they read nothing of a node, and plant nothing in it.

A web server of another user is to reach checkpoint, tiles and entry bundles, and nothing else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.small_register import Maker
from typer.testing import CliRunner, Result

from goodstanding.audit import found_node
from goodstanding.catalogue import Pack
from goodstanding.cli.main import app
from goodstanding.ingest.workplace import workplace
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.register import Layout, Log, Node
from goodstanding.register.private import exposed

PUBLIC = ("register/checkpoint", "register/tile")
#: Where the node writes, and what a planted link would have it change instead.
WRITTEN = (
    "state.db", "index.db", "turn.lock", "register/unfinished", "keys", "register/segments",
    "register/segments/events", "register/tile", "register/tile/0", "deliveries", "quarantine",
)  # fmt: skip


@pytest.fixture(autouse=True)
def loose_mask() -> Iterator[None]:
    """What a machine gives by default: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def node(tmp_path: Path, harbour: Pack) -> Node:
    folder = tmp_path / "node"
    found_node(folder, "register.example/lumen", harbour, SystemClock(), by="Ada Quay")
    os.umask(0o022)
    node = Node.open(folder)
    node.index.consume()
    grow(node)
    return node


def grow(node: Node) -> None:
    maker = Maker(node.log)
    maker.append(maker.table(300))
    maker.close()


def open_and_grow(folder: Path) -> None:
    node = Node.open(folder)
    node.index.consume()
    grow(node)


def modes(folder: Path) -> dict[str, int]:
    """The bits of group and others, of every file and folder that gives them any."""
    found = {path: stat.S_IMODE(path.lstat().st_mode) & 0o077 for path in folder.rglob("*")}
    return {path.relative_to(folder).as_posix(): bits for path, bits in found.items() if bits}


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def swap_for_link(path: Path, elsewhere: Path) -> None:
    """Put a link in the place of ``path``, to a copy of it as good as itself."""
    if path.exists():
        path.rename(elsewhere)
    path.symlink_to(elsewhere)


def test_a_new_node_opens_to_others_what_is_public_and_nothing_else(node: Node) -> None:
    shut = {path for path in modes(node.folder) if not path.startswith(PUBLIC)}
    # Within access/ the same names have the same modes; the folder itself lets nobody in.
    assert {path for path in shut if not path.startswith("access/")} == {"register"}
    assert "access" not in modes(node.folder)


def test_a_web_server_reaches_checkpoint_tiles_and_bundles(node: Node) -> None:
    found = modes(node.folder)
    assert found["register/checkpoint"] == 0o044
    assert found["register/tile/entries/000"] == 0o044
    assert {found[f"register/tile/{name}"] for name in ("0", "1", "entries")} == {0o055}


def test_folders_on_the_way_are_passed_through_but_not_listed(node: Node) -> None:
    passed = (node.folder, node.layout.register)
    assert {stat.S_IMODE(path.stat().st_mode) for path in passed} == {0o711}


def test_a_node_made_by_init_has_nothing_to_complain_of(tmp_path: Path) -> None:
    assert run("init", tmp_path / "n", "--pack", "template", "--by", "a").exit_code == 0
    assert list(exposed(Layout(tmp_path / "n"), deep=True)) == []


@pytest.mark.parametrize(
    ("path", "mode", "said"),
    [
        ("keys/register.key", 0o640, "can be read by others (640)"),
        ("state.db", 0o644, "can be read by others (644)"),
        ("register/segments", 0o755, "can be read by others (755)"),
        ("register/checkpoint", 0o664, "can be changed by others (664)"),
        ("deliveries", 0o770, "can be changed by others (770)"),
    ],
)
def test_every_command_says_what_others_can_get_at(
    node: Node, path: str, mode: int, said: str
) -> None:
    (node.folder / path).chmod(mode)
    result = run("access", "list", "--node", node.folder, "--by", "Ada Quay")
    assert "GS-REGISTER-060" in result.stderr
    assert f"{path} {said}" in " ".join(result.stderr.split())


def test_doctor_looks_at_every_file_and_names_the_command_that_mends_it(node: Node) -> None:
    (node.layout.segments / "events").chmod(0o755)
    result = run("doctor", "--node", node.folder)
    assert result.exit_code == 3
    assert f"chmod -R go= {node.folder}" in result.stdout


def test_the_command_named_mends_it_and_keeps_open_what_is_public(node: Node) -> None:
    before = modes(node.folder)
    os.system(f"chmod -R a+rwX {node.folder}")
    (remedy,) = {found.remedy for found in exposed(node.layout, deep=True)}
    assert os.system(remedy) == 0
    assert list(exposed(node.layout, deep=True)) == []
    assert {path for path in modes(node.folder) if not path.startswith("access/")} == {
        path for path in before if not path.startswith("access/")
    }


def test_a_file_of_another_owner_is_told(node: Node) -> None:
    if os.geteuid():
        pytest.skip("NOT ROOT: no file can be given to another user")
    os.chown(node.folder / "state.db", 12345, -1)
    assert "belongs to user 12345" in run("doctor", "--node", node.folder).stdout


def test_a_key_that_is_a_link_is_told(node: Node, tmp_path: Path) -> None:
    swap_for_link(node.layout.private_key, tmp_path / "elsewhere.key")
    assert "keys/register.key is a link" in run("doctor", "--node", node.folder).stdout


@pytest.mark.parametrize("path", WRITTEN)
def test_nothing_is_written_through_a_planted_link(node: Node, tmp_path: Path, path: str) -> None:
    swap_for_link(node.folder / path, tmp_path / "elsewhere")
    with pytest.raises(GoodStandingError) as refused:
        open_and_grow(node.folder)
    assert refused.value.code.id == "GS-REGISTER-061"


def test_a_link_in_the_place_of_the_next_tile_changes_no_file_elsewhere(
    node: Node, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    size = node.log.head.size
    for width in range(1, 256):
        link = node.layout.register / f"tile/0/002.p/{width}"
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(victim)
    with pytest.raises(GoodStandingError) as refused:
        grow(node)
    assert refused.value.code.id == "GS-REGISTER-061"
    assert victim.read_text() == "precious"
    assert node.log.head.size == size


def test_a_link_in_the_place_of_a_folder_of_tiles_is_refused(node: Node, tmp_path: Path) -> None:
    log = Log.open(node.folder)
    (tmp_path / "other").mkdir()
    (node.layout.register / "tile/0/002.p").symlink_to(tmp_path / "other")
    maker = Maker(log)
    with pytest.raises(GoodStandingError) as refused:
        maker.append(maker.table(300))
    assert refused.value.code.id == "GS-REGISTER-061"
    assert list((tmp_path / "other").iterdir()) == []


def test_the_lock_of_deliveries_empties_no_file_elsewhere(node: Node, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    node.layout.receiving.symlink_to(victim)
    with pytest.raises(GoodStandingError), workplace(node):
        raise AssertionError("not reached")
    assert victim.read_text() == "precious"


def test_a_folder_given_to_the_node_is_shut(tmp_path: Path, harbour: Pack) -> None:
    given = tmp_path / "given"
    given.mkdir(0o777)
    found_node(given, "register.example/lumen", harbour, SystemClock(), by="a")
    assert stat.S_IMODE(given.stat().st_mode) == 0o711
