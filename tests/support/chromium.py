"""The browser that pages are tried in."""

import contextlib
import shutil

from playwright.sync_api import BrowserContext

CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-default-apps", "--disable-sync", "--no-first-run"),
]
# Debian's names and others'. The shell is the same engine without the browser's own windows: half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
EVERY_ORIGIN = "*"
STORED = "local_storage,session_storage,indexeddb,cache_storage,service_workers,websql"


def chromium() -> str | None:
    """The path of the program, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def forget(context: BrowserContext) -> None:
    """Close the context's tabs and take from it what pages could find again: cookies, stored data, rights, routes.

    Scripts and styles that it has read stay, for tests are faster with them.
    """
    last, *others = context.pages or [context.new_page()]
    for page in others:
        page.close()
    with contextlib.closing(last):
        last.goto("about:blank")  # whose page stores nothing any more
        session = context.new_cdp_session(last)
        session.send("Storage.clearDataForOrigin", {"origin": EVERY_ORIGIN, "storageTypes": STORED})
    context.clear_cookies()
    context.clear_permissions()
    context.unroute_all()
