"""Every error of an endpoint is one sentence and a code; choices are documented and checked with a code."""

from pathlib import Path
from typing import cast

import gradio as gr
import pytest

from pipeline.errors import DamagedPdf
from pipeline.pages import LaneChoice, OcrMode
from pipeline.settings import Settings
from pipeline.ui.api.convert_api import ConvertApi
from pipeline.ui.api.refusals import RunFailed, one_of, refusing
from pipeline.ui.convert.downloads import Uploads
from tests.support.scripted_runs import ScriptedRuns

NO_REQUEST = cast(gr.Request, None)  # as for a call that came by no network


def refused(error: Exception) -> str:
    with pytest.raises(gr.Error) as caught, refusing():
        raise error
    return str(caught.value.message)


def test_an_error_of_the_tree_keeps_its_sentence_and_code() -> None:
    assert refused(DamagedPdf()) == f"{DamagedPdf.sentence} (damaged_pdf)"


def test_a_failed_run_keeps_its_own_code() -> None:
    assert refused(RunFailed("nothing_converted", "No page <of it>.")) == "No page &lt;of it&gt;. (nothing_converted)"


def test_any_other_error_is_a_fault_of_folio(caplog: pytest.LogCaptureFixture) -> None:
    assert refused(KeyError("/data/secret")).endswith("(internal)")
    assert "KeyError" in caplog.text


def test_a_choice_that_does_not_exist_is_refused_with_its_choices() -> None:
    assert (one_of(OcrMode, "ocr", "always"), one_of(LaneChoice, "lane", "cpu")) == (OcrMode.ALWAYS, LaneChoice.CPU)
    sentence = r"ocr does not take this value; give auto, always or never\. \(option_unknown\)"
    with pytest.raises(gr.Error, match=sentence), refusing():
        one_of(OcrMode, "ocr", "perhaps")


def test_a_bad_option_of_a_call_has_a_code(tmp_path: Path, settings: Settings) -> None:
    api = ConvertApi(ScriptedRuns(tmp_path), settings, Uploads())
    with pytest.raises(gr.Error, match="option_unknown"):
        next(api.convert(None, "", "auto", True, "", "fast", "", False, "", "html", "none", False, request=NO_REQUEST))
    with pytest.raises(gr.Error, match="file_missing"):
        next(api.convert(None, "", "auto", True, "", "cpu", "", False, "", "html", "none", False, request=NO_REQUEST))
    with pytest.raises(gr.Error, match="option_unknown"):
        api.estimate(1, "", "maybe", True, "cpu")
