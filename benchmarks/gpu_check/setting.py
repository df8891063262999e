"""What every step of the check is given: device, sizes, folders."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".gpu-check"
WHEELS = WORK / "wheels"
RESULTS = ROOT / "benchmarks" / "results" / "gpu_check"
CALL_PAGES = 96  # in one call, as Folio makes it
SMALL_PAGES = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """``pages`` plain and ``scanned`` scanned pages are measured. ``work`` takes weights and packages, ``out`` the
    results. ``small`` is the rehearsal: networks of small size where they would otherwise be random ones of full size.
    """

    device: str
    pages: int
    scanned: int
    small: bool
    work: Path
    out: Path

    @property
    def weights(self) -> Path:
        return self.work / "weights"

    @property
    def site(self) -> Path:
        """Where carried wheels are unpacked."""
        return self.work / "site"

    def options(self) -> list[str]:
        """The command line's words for this setting."""
        sizes = ["--pages", str(self.pages), "--scanned", str(self.scanned), *(["--small"] if self.small else [])]
        return ["--device", self.device, *sizes, "--work", str(self.work), "--out", str(self.out)]


def add_options(parser: ArgumentParser) -> None:
    """The options of ``Setting``."""
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu rehearses")
    parser.add_argument("--small", action="store_true", help="small networks and few pages, for the rehearsal")
    parser.add_argument("--pages", type=int, default=0, help=f"plain pages to measure on, {CALL_PAGES} if not given")
    parser.add_argument("--scanned", type=int, default=0, help=f"scanned pages, {CALL_PAGES} if not given")
    parser.add_argument("--work", type=Path, default=WORK, help="folder of weights, packages and unpacked wheels")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")


def setting_of(chosen: Namespace) -> Setting:
    """The setting that the options ask for."""
    usual = SMALL_PAGES if chosen.small else CALL_PAGES
    return Setting(
        chosen.device,
        chosen.pages or usual,
        chosen.scanned or usual,
        chosen.small,
        chosen.work.absolute(),
        chosen.out.absolute(),
    )
