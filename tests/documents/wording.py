"""Seeded English: sentences by a small grammar over word lists of five subjects. Every name and number is invented."""

import random
from dataclasses import dataclass

from tests.documents.model import Span, Spans


@dataclass(frozen=True)
class Subject:
    """What a document is about: its things (plural nouns), parts, places, doings (past tense) and measures (quantity,
    unit).
    """

    title: str
    things: tuple[str, ...]
    parts: tuple[str, ...]
    places: tuple[str, ...]
    doings: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]


SUBJECTS = (
    Subject(
        "Tide Mills",
        ("mills", "sluices", "millponds", "water wheels", "grindstones", "tide gates"),
        ("shaft", "paddle", "hopper", "spillway", "gearing", "bearing", "latch"),
        ("the eastern creek", "the harbour wall", "the upper pond", "Sandwick Reach", "the salt marsh"),
        ("measured", "rebuilt", "drained", "inspected", "raised", "closed"),
        (("flow", "m³/s"), ("head", "m"), ("output", "kW"), ("meal", "kg")),
    ),
    Subject(
        "Hill Orchards",
        ("orchards", "grafts", "pear trees", "hedgerows", "terraces", "nurseries"),
        ("rootstock", "canopy", "trunk", "scion", "trellis", "spur"),
        ("the north slope", "Alder Terrace", "the walled garden", "the lower meadow", "Pinnock Hill"),
        ("pruned", "planted", "counted", "grafted", "watered", "thinned"),
        (("yield", "t/ha"), ("height", "m"), ("rain", "mm"), ("sugar", "°Bx")),
    ),
    Subject(
        "Weather Posts",
        ("gauges", "weather posts", "thermometers", "wind vanes", "logbooks", "observers"),
        ("sensor", "mast", "housing", "battery", "screen", "cable"),
        ("the ridge station", "Corran Point", "the airfield", "the old lighthouse", "the valley floor"),
        ("recorded", "calibrated", "compared", "replaced", "checked", "logged"),
        (("wind", "m/s"), ("pressure", "hPa"), ("rain", "mm"), ("warmth", "°C")),
    ),
    Subject(
        "River Ferries",
        ("ferries", "crossings", "landing stages", "crews", "timetables", "mooring lines"),
        ("hull", "ramp", "rudder", "winch", "engine", "railing"),
        ("the west bank", "Millbrook Landing", "the island", "the new pier", "the narrows"),
        ("loaded", "painted", "surveyed", "delayed", "repaired", "counted"),
        (("load", "t"), ("speed", "kn"), ("draught", "m"), ("fuel", "L")),
    ),
    Subject(
        "Village Libraries",
        ("libraries", "readers", "shelves", "catalogues", "reading rooms", "book carts"),
        ("spine", "binding", "index", "label", "ledger", "cover"),
        ("the market square", "Thornby", "the school annex", "the station hall", "the mobile branch"),
        ("sorted", "lent", "rebound", "listed", "returned", "sealed"),
        (("loans", "books"), ("visits", "people"), ("floor", "m²"), ("hours", "h")),
    ),
)

NAMES = (
    "Ines Halvard",
    "Tomas Birk",
    "Odile Marrow",
    "Petra Lindqvist",
    "Samuel Oyelaran",
    "Maren Holt",
    "Joris Vantage",
    "Hana Ferro",
)
TIMES = (
    "in the first spring",
    "after the repair",
    "before the frost",
    "during the survey",
    "since the last visit",
    "at low water",
)
REASONS = (
    "because the old figures did not agree",
    "although nobody had asked for it",
    "so that the next crew could go on without delay",
    "while the rest of the work waited",
    "once the paint had dried",
    "as the plan had foreseen",
)
QUALITIES = ("narrow", "heavy", "seasonal", "reliable", "shallow", "well-kept", "temporary", "quiet", "remote", "spare")
JUDGEMENTS = (
    "rose slowly",
    "fell by a third",
    "stayed the same",
    "surprised everyone",
    "met the plan",
    "varied from week to week",
)
ADVICE = ("keep a spare", "write down", "look twice at", "clean", "label", "weigh", "replace", "test")


class Wording:
    """A stream of sentences about one subject, by chance or as given; the same seed gives the same stream."""

    def __init__(self, seed: str, subject: Subject | None = None) -> None:
        self.random = random.Random(seed)
        self.subject = subject or self.random.choice(SUBJECTS)

    def one(self, options: tuple[str, ...]) -> str:
        """One of ``options``."""
        return self.random.choice(options)

    def number(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both included."""
        return self.random.randint(least, most)

    def title(self) -> str:
        """A title, in title case."""
        patterns = ("A Survey of {}", "{} in Use", "Notes on {}", "The Upkeep of {}", "{}: What Was Found")
        return self.one(patterns).format(self.subject.title)

    def heading(self) -> str:
        """A heading of two to six words."""
        thing, part, place = self.one(self.subject.things), self.one(self.subject.parts), self.one(self.subject.places)
        options = (
            f"The {part} and its care",
            f"{thing.capitalize()} near {place}",
            f"How {thing} are {self.doing()}",
            f"Work at {place}",
        )
        return self.one((*options, f"Choosing a {self.one(QUALITIES)} {part}"))

    def headings(self, count: int) -> list[str]:
        """``count`` headings, no two alike."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.heading()] = None
        return list(found)

    def doing(self) -> str:
        """A past participle."""
        return self.one(self.subject.doings)

    def sentence(self) -> str:
        """A sentence of eight to twenty-five words."""
        s, number = self.subject, self.number(3, 940)
        later = number + self.number(2, 60)
        quantity, unit = self.random.choice(s.measures)
        thing, part, place, time = self.one(s.things), self.one(s.parts), self.one(s.places), self.one(TIMES)
        quality, reason, judgement = self.one(QUALITIES), self.one(REASONS), self.one(JUDGEMENTS)
        return self.one(
            (
                f"The {quality} {thing} at {place} were {self.doing()} {time}, {reason}.",
                f"At {place} the {quantity} of the {part} {judgement}, from {number} {unit} to {later} {unit}.",
                f"{time.capitalize()}, {number} {thing} were {self.doing()} and a {quality} {part} was "
                f"{self.doing()} {reason}.",
                f"Whoever looks after {thing} should {self.one(ADVICE)} the {part} and note the {quantity} in {unit}.",
                f"{self.one(NAMES)} {self.doing()} the {part} at {place}; the {quantity} {judgement}.",
                f"No other {part} is as {quality} as the one that was {self.doing()} at {place} {time}.",
                f"The {quantity} reached {number}.{self.number(1, 9)} {unit}, "
                f"which is more than the {thing} near {place} ever gave.",
                f"Two {quality} {thing} share one {part}, {reason}.",
            )
        )

    def paragraph(self, least: int = 3, most: int = 6) -> str:
        """``least`` to ``most`` sentences."""
        return " ".join(self.sentence() for _ in range(self.number(least, most)))

    def styled(self, link: str = "", note: str = "") -> Spans:
        """Two or three sentences: with words in bold and italic, and a link or the mark of a footnote where asked
        for.
        """
        strong, slanted = f"{self.one(QUALITIES)} {self.one(self.subject.parts)}", self.one(self.subject.things)
        spans = [
            Span(self.sentence() + " Keep the "),
            Span(strong, bold=True),
            Span(" apart from the "),
            Span(slanted, italic=True),
        ]
        spans.append(Span(" at all times.", note=note))
        if link:
            spans += [Span(" The figures are in "), Span("the public register", link=link), Span(".")]
        return (*spans, Span(" " + self.sentence()))

    def phrase(self) -> str:
        """A short entry of a list, without a full stop."""
        part, thing, place = self.one(self.subject.parts), self.one(self.subject.things), self.one(self.subject.places)
        options = (
            f"{self.one(ADVICE).capitalize()} the {part} at {place}",
            f"{self.number(2, 40)} {self.one(QUALITIES)} {thing}",
        )
        return self.one(
            (
                *options,
                f"A {self.one(QUALITIES)} {part} for {place}",
                f"{thing.capitalize()} that were {self.doing()} {self.one(TIMES)}",
            )
        )

    def caption(self) -> str:
        """What a figure or table shows."""
        quantity, unit = self.random.choice(self.subject.measures)
        thing, place = self.one(self.subject.things), self.one(self.subject.places)
        return f"{quantity.capitalize()} of the {thing} at {place}, in {unit}."
