"""The owner's tab: what this Space lacks and how it stands, behind OWNER_PASSWORD.

Without that secret the tab shows only what a new Space still has to be given, which tells strangers nothing that they
could use.
"""

import asyncio
from collections.abc import Callable

import gradio as gr
from markupsafe import Markup

from pipeline.check_lines import CheckLine, CheckOutcome
from pipeline.errors import OwnerUnknown
from pipeline.settings import Settings
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.convert.present import notice
from pipeline.ui.signin import REFUSAL_SECONDS, same_text
from pipeline.ui.templating import NOTHING, render

Checks = Callable[[], tuple[CheckLine, ...]]
ORDER = (CheckOutcome.FAULT, CheckOutcome.WARNING, CheckOutcome.OK)


async def is_owner(settings: Settings, password: str) -> bool:
    """Whether ``password`` is the owner's; a wrong one is answered after a second, so that guessing is slow. Nobody is
    the owner where no password is set.
    """
    if settings.owner_password and same_text(password, settings.owner_password):
        return True
    await asyncio.sleep(REFUSAL_SECONDS)
    return False


def lacking(checks: Checks) -> Markup:
    """What a new Space still has to be given, for everybody to see."""
    return render("check_lines", lines=[line for line in checks() if line.lack], shut=True)


async def examined(settings: Settings, checks: Checks, password: str) -> Markup:
    """Every line, the worst first, for the owner; a sentence for anybody else."""
    if not await is_owner(settings, password):
        return notice(error_facts(OwnerUnknown()))
    lines = await asyncio.to_thread(checks)
    return render("check_lines", lines=sorted(lines, key=lambda line: ORDER.index(line.outcome)), shut=False)


def add_owner_tab(settings: Settings, checks: Checks) -> None:
    """Fill the tab under construction."""
    if not settings.owner_password:
        gr.HTML(lacking(checks), elem_id="checks")
        return
    with gr.Row():
        password = gr.Textbox(label="Owner's password", type="password", elem_id="owner-password")
        look = gr.Button("Examine this Space", elem_id="owner-look")
    lines = gr.HTML(NOTHING, elem_id="checks")

    async def answer(given: str) -> Markup:
        return await examined(settings, checks, given or "")

    for event in (look.click, password.submit):
        event(answer, password, lines, api_visibility="private", concurrency_limit=None)
