"""How tests are shared out among the workers of pytest-xdist (``--dist loadgroup``).

A group is run by one worker, in order. Tests of one file are a group, so that a file's fixtures are made once. Tests
that use one server, or add to the shelf of compiled packages, are a group over all files.
"""

import pytest

# Tests that compile or use packages of the kept shelf. Those of the command line come first, where nothing is compiled
# yet: two workers would compile the same beside each other.
COMPILED = "compiled"
COMMANDS_FILE = "tests/e2e/test_compile.py"
# A fixture that several files share, and the group of every test that uses it, directly or not.
SHARED_FIXTURES = {"kept_shelf": COMPILED, "weights_dir": "accurate", "app": "app-site", "scripted": "scripted-site"}
# Folders in the order in which their groups begin: what takes long comes first, so that no worker waits for the other.
ORDER = ("tests/e2e/zerogpu", "tests/e2e", "tests/networks", "tests/unit/runs", "tests/unit/intake", "tests")


def group_of(item: pytest.Item) -> str:
    """The group of a test: its own mark, else the costly fixture that it shares, else its file."""
    if mark := item.get_closest_marker("xdist_group"):
        return str(mark.args[0])
    used = getattr(item, "fixturenames", ())
    shared = [group for fixture, group in SHARED_FIXTURES.items() if fixture in used]
    return shared[0] if shared else item.nodeid.partition("::")[0]


def rank_of(item: pytest.Item) -> int:
    """The place of a test's group: groups of a lower number begin earlier."""
    if group_of(item) == COMPILED:
        return -2 if item.nodeid.startswith(COMMANDS_FILE) else -1
    return next(place for place, folder in enumerate(ORDER) if item.nodeid.startswith(f"{folder}/"))
