"""What the command line shows: a line that is written over on a terminal, whole lines and nothing twice elsewhere."""

import io
import logging

from pipeline.cli.progress import CLEAR_LINE, Progress, logging_to


class Terminal(io.StringIO):
    """A terminal of one visible line: ``lines`` are what was scrolled away, ``current`` what stands in the last."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        return [self._visible(line) for line in self.getvalue().split("\n")[:-1]]

    @property
    def current(self) -> str:
        return self._visible(self.getvalue().split("\n")[-1])

    def _visible(self, line: str) -> str:
        return line.rpartition(CLEAR_LINE)[2]


def test_progress_is_written_over_on_a_terminal_and_lines_stand_alone() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.show("a.pdf: 10 of 12 pages")
    progress.show("a.pdf: 2 of 2")
    assert (terminal.lines, terminal.current) == ([], "a.pdf: 2 of 2")
    with logging_to(progress):
        logging.getLogger("pipeline.somewhere").warning("a page was lost")
    assert (terminal.lines, terminal.current) == (["a page was lost"], "a.pdf: 2 of 2")
    progress.end()
    assert terminal.current == ""
    progress.line("a.pdf: ok")
    assert (terminal.lines, terminal.current) == (["a page was lost", "a.pdf: ok"], "")


def test_only_whole_lines_reach_what_is_no_terminal() -> None:
    file = io.StringIO()
    progress = Progress(file)
    for page in range(5):
        progress.show(f"a.pdf: {page} of 5 pages")
    with logging_to(progress):
        logging.getLogger("pipeline.somewhere").error("a page was lost")
    progress.end()
    progress.line("a.pdf: ok")
    assert file.getvalue() == "a page was lost\na.pdf: ok\n"
