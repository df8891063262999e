"""Markdown as docling writes it, for scripted runs; and Markdown as nobody should write it."""

PAGES = (
    """# A Handbook for Small Tide Mills

A tide mill works twice a day, whatever the weather. This handbook tells whoever looks after one how to fill the pond.

## Filling the Pond

The pond fills through two gates as the tide rises. Both hang from the top, so that the water itself closes them when
it turns.
A gate that leaks by a hand's breadth costs an hour of grinding, and a gate that sticks costs the whole tide.

<!-- image -->

Figure 1. The eastern gate at low water.

1. Check the hinges of both gates.
2. The winch, oiled every month, turns by hand and without a sound.
""",
    """## Choosing a Wheel

The word "wheel" stands for any machine that the pond drives, and undershot wheels suit low heads best.

| Mill | Wheel | Year | Drive | Price (EUR) |
|---|---|---:|---|---:|
| Sandwick | Undershot | 1864 | Oak gearing | 10,000 |
| Thornby & Sons | Turbine | 1971 | Belt | 8,100 |
| Corran | Breast | 1971 | Belt, oak gearing | 8,000 |
| Pinnock | Undershot | 1874 | Iron gearing | 12,000 |

Most of these mills grind for their own village, where a pond that fills by itself saves the price of a horse.

- **Undershot wheels**: cheap, slow and easily mended.
- **Turbines**: small and fast, but only for deep ponds.
""",
    """## Grinding by the Tide

Grinding begins when the creek has fallen a metre below the pond, and it ends in good time:
a wheel that stands in rising water loses its paddles.

$$t_{line} = \\frac{w}{v} + \\sum_{i=1}^{n} \\epsilon_i$$

Where a small computer keeps the hours, every tide is a line:

```basic
10 INPUT "LEVEL"; L$
20 IF L$ <> "" THEN PRINT #1, L$ : GOTO 10
```

See [the tables](https://example.org/manual) or write to [the harbour](mailto:archive@example.org).
""",
    """## Reading the Gauge

A painted board on the wall of the pond is gauge enough. Write down high and low water each day.
Holt &amp; Birk, Q&amp;A and 3 &lt; 4 are ordinary text.

> A pond that silts up shows in the curve before it shows in the meal.

<!-- formula-not-decoded -->
""",
    """## Winter Care

Before the first frost the pond is drained, the gates are propped open, and every bearing is greased.

- Shared ice hooks
- Straw and tallow
""",
)

HOSTILE = """# Hostile <script>window.pwned = 1</script>

<img src=x onerror="window.pwned = 2"> and <svg/onload=window.pwned=3> ![tracker](https://tracker.invalid/pixel.png)
![ref][pixel] [pixel]: https://tracker.invalid/ref.png

[pixel]: https://tracker.invalid/definition.png

[click](javascript:window.pwned=4) [click](JaVaScRiPt:window.pwned=5)
[data](data:text/html,<script>window.pwned=6</script>)
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
