"""Processes that tests started and look at from outside, by ``/proc`` (proc(5))."""

from pathlib import Path


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has waited for yet does not."""
    try:
        return _fields(pid)[0] != "Z"
    except OSError:
        return False


def parent_of(pid: int) -> int:
    """The process that started it. Raises OSError where there is no such process."""
    return int(_fields(pid)[1])


def _fields(pid: int) -> list[str]:
    """What ``stat`` says after the program's name: state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
