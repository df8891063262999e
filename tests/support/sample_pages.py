"""Markdown as docling writes it, for scripted runs; and Markdown as nobody should write it."""

PAGES = (
    """# The Evolution of the Word Processor

The concept of the word processor predates modern computers and has evolved through several technological milestones.

## Pre-digital era (19th to early 20th century)

The origins of word processing can be traced back to the invention of the typewriter in the mid-19th century. Patented in 1868
by Christopher Latham Sholes, the typewriter revolutionized written communication by enabling people to produce legible,
professional documents more efficiently than handwriting.

<!-- image -->

Figure 1. A Sholes and Glidden typewriter.

1. Carbon paper made copies possible.
2. The electric typewriter, introduced in 1935, improved speed and convenience.
""",
    """## The birth of word processing (1960s to 1970s)

The term "word processor" first emerged in the 1960s and referred to any system designed to streamline written communication.

| Machine | Maker | Year | Storage | Price (USD) |
|---|---|---:|---|---:|
| MT/ST | IBM | 1964 | Magnetic tape | 10,000 |
| 1200 | Wang Laboratories | 1971 | Cassette | 8,100 |
| Redactron | Redactron Corporation | 1971 | Cassette, cards | 8,000 |
| Vydec | Exxon | 1974 | Floppy disk | 12,000 |

These machines were primarily used in offices, where secretarial pools benefited from their ability to make revisions
without retyping entire documents.

- **IBM MT/ST**: combined a Selectric typewriter with magnetic tape storage.
- **Wang Laboratories**: small screens and floppy disks.
""",
    """## The rise of personal computers (1980s)

The advent of personal computers in the late 1970s and early 1980s transformed word processing from a niche tool to an
essential technology for businesses and individuals alike.

$$t_{line} = \\frac{w}{v} + \\sum_{i=1}^{n} \\epsilon_i$$

Where a control program stored its text, every line was a record:

```basic
10 INPUT "LINE"; L$
20 IF L$ <> "" THEN PRINT #1, L$ : GOTO 10
```

See [the manual](https://example.org/manual) or write to [the archive](mailto:archive@example.org).
""",
    """## The modern era

By the 1990s, word processing software had become more sophisticated, with spelling and grammar checks and templates.
AT&amp;T, Q&amp;A and 3 &lt; 4 are ordinary text.

> What you see is what you get.

<!-- formula-not-decoded -->
""",
    """## What comes next

Word processors now run in the browser, keep every version and let several people write at once.

- Shared documents
- Dictation and translation
""",
)

HOSTILE = """# Hostile <script>window.pwned = 1</script>

<img src=x onerror="window.pwned = 2"> and <svg/onload=window.pwned=3> ![tracker](https://tracker.invalid/pixel.png)
![ref][pixel] [pixel]: https://tracker.invalid/ref.png

[pixel]: https://tracker.invalid/definition.png

[click](javascript:window.pwned=4) [click](JaVaScRiPt:window.pwned=5) [data](data:text/html,<script>window.pwned=6</script>)
[spaced]( javascript:window.pwned=7) [angle](<javascript:window.pwned=8>) [entity](&#106;avascript:window.pwned=9)
<javascript:window.pwned=10> [good](https://example.org/good) [mail](mailto:a@example.org)

| cell <img src=x onerror=window.pwned=11> | `<img src=x onerror=window.pwned=12>` |
|---|---|
| [x](vbscript:window.pwned=13) | </td></table><iframe src="javascript:window.pwned=14"></iframe> |

$$\\href{javascript:window.pwned=15}{x} < \\includegraphics{https://tracker.invalid/tex.png}$$

```mermaid
graph TD; A["<img src=x onerror=window.pwned=16>"] --> B; click A "javascript:window.pwned=17"
```

```html
<img src=x onerror=window.pwned=18>
</section><style>body{display:none}</style>
"""
