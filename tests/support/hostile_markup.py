"""A hostile value for any field, and what a browser would make of a piece of HTML."""

from html.parser import HTMLParser

HOSTILE = "<img src=x onerror=alert(1)>\"'${alert(1)}{{x}}"


class Tags(HTMLParser):
    """Names of all tags, names of all attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def text(html: str) -> str:
    return " ".join(Tags(html).text.split())
