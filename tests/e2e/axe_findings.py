"""What axe finds on a page as it stands: rules of WCAG 2 and of good practice that it breaks."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERYTHING = {"resultTypes": ["violations"]}
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}  # the theme changes nothing else
SETTLED = "*, *::before, *::after { transition: none !important; animation: none !important; }"


def findings(page: Page, within: str = "html") -> list[Any]:
    """The rules that the elements ``within`` break, each with those elements; then the rules about contrast that they
    break in the other theme. The page's theme is afterwards what it was.
    """
    page.add_style_tag(content=SETTLED)
    found = _broken(page, within, EVERYTHING)
    page.evaluate("document.body.classList.toggle('dark')")
    found += [("other theme", *rule) for rule in _broken(page, within, CONTRAST)]
    page.evaluate("document.body.classList.toggle('dark')")
    return found


def _broken(page: Page, within: str, options: dict[str, Any]) -> list[Any]:
    rules = Axe().run(page, within, options).response["violations"]
    return [
        (rule["id"], rule["impact"], [(node["target"], node["failureSummary"]) for node in rule["nodes"]])
        for rule in rules
    ]
