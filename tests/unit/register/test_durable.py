from pathlib import Path

from goodstanding.register.durable import make_folders, sync_all, write_atomically


def test_a_write_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    (tmp_path / ".checkpoint.tmp").write_bytes(b"left by a crash")
    for content in (b"first", b"second"):
        write_atomically(file, content)
        assert file.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"]


def test_many_files_and_folders_are_synced(tmp_path: Path) -> None:
    make_folders(tmp_path / "a" / "b")
    files = [tmp_path / "a" / "b" / str(number) for number in range(100)]
    for file in files:
        file.write_bytes(b"x")
    sync_all([str(file) for file in files], [str(tmp_path / "a" / "b"), str(tmp_path / "a")])
