"""Files that hold passwords."""

from opspanel.embedded.private_file import passwords, write_private


def test_only_the_owner_may_read_it(tmp_path) -> None:
    """Also when an older file there was open to all."""
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_passwords_are_made_once(tmp_path) -> None:
    """A second start finds those of the first, and a new name gets its own."""
    path = tmp_path / "passwords.json"
    first = passwords(path, ["viewer", "admin"])
    second = passwords(path, ["viewer", "admin", "oncall"])
    assert second == {**first, "oncall": second["oncall"]}
    assert len(set(second.values())) == 3
    assert min(map(len, second.values())) >= 20
