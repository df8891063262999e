"""The browser that pages are tried in."""

import shutil

CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-default-apps", "--disable-sync", "--no-first-run"),
]
# Debian's names and others'. The shell is the same engine without the browser's own windows: half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of the program, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
