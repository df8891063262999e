"""Folio's colours and type: one gradio theme; everything it cannot say is in ``static/style.css``."""

from pathlib import Path

import gradio as gr
from gradio.themes.utils import fonts

STATIC = Path(__file__).parent / "static"
STYLE = STATIC / "style.css"

# One hue, the green of library bindings and reading lamps; greys lean towards it so that paper and ink belong together.
BINDING = gr.themes.Color(
    name="binding",
    c50="#eef7f3",
    c100="#d8ece3",
    c200="#b2d9c9",
    c300="#83c0a9",
    c400="#52a387",
    c500="#2f876b",
    c600="#1f6f57",
    c700="#195946",
    c800="#164739",
    c900="#123b30",
    c950="#0a231d",
)
INK = gr.themes.Color(
    name="ink",
    c50="#f6f8f7",
    c100="#edf1ef",
    c200="#dde4e1",
    c300="#c3cdc9",
    c400="#93a19c",
    c500="#5b6964",
    c600="#4f5c58",
    c700="#3a4542",
    c800="#222b29",
    c900="#171e1c",
    c950="#0e1312",
)

SURFACES = {
    "body_background_fill": "*neutral_100",
    "body_background_fill_dark": "*neutral_950",
    "body_text_color": "*neutral_900",
    "body_text_color_dark": "*neutral_100",
    "body_text_color_subdued": "*neutral_500",
    "body_text_color_subdued_dark": "*neutral_400",
    "background_fill_primary": "white",
    "background_fill_primary_dark": "*neutral_900",
    "background_fill_secondary": "*neutral_50",
    "background_fill_secondary_dark": "*neutral_800",
    "block_background_fill": "white",
    "block_background_fill_dark": "*neutral_900",
    "block_border_width": "0px",
    "block_shadow": "none",
    "block_label_background_fill": "transparent",
    "block_label_background_fill_dark": "transparent",
    "block_title_text_weight": "600",
    "block_title_text_size": "*text_sm",
    "block_title_text_color": "*neutral_700",
    "block_title_text_color_dark": "*neutral_200",
    "block_info_text_color": "*neutral_500",
    "block_info_text_color_dark": "*neutral_400",
    "border_color_primary": "*neutral_200",
    "border_color_primary_dark": "*neutral_800",
}

CONTROLS = {
    "input_border_width": "1px",
    "input_border_width_dark": "1px",
    "input_background_fill": "white",
    "input_background_fill_dark": "*neutral_950",
    "input_border_color": "*neutral_300",
    "input_border_color_dark": "*neutral_700",
    "input_border_color_focus": "*primary_500",
    "input_border_color_focus_dark": "*primary_400",
    "button_large_radius": "*radius_lg",
    "button_primary_background_fill": "*primary_600",
    "button_primary_background_fill_hover": "*primary_700",
    "button_primary_background_fill_dark": "*primary_600",
    "button_primary_background_fill_hover_dark": "*primary_500",
    "button_primary_text_color": "white",
    "button_secondary_background_fill": "white",
    "button_secondary_background_fill_hover": "*neutral_50",
    "button_secondary_background_fill_dark": "*neutral_800",
    "button_secondary_background_fill_hover_dark": "*neutral_700",
    "button_secondary_border_color": "*neutral_300",
    "button_secondary_border_color_dark": "*neutral_700",
    "button_border_width": "1px",
    "checkbox_background_color_selected": "*primary_600",
    "checkbox_background_color_selected_dark": "*primary_500",
    "link_text_color": "*primary_600",
    "link_text_color_dark": "*primary_300",
}


def build_theme() -> gr.themes.Base:
    """The theme, with fonts that gradio itself serves: the page loads nothing from elsewhere.

    Of the weights it ships only regular and bold hold a whole alphabet.
    """
    theme = gr.themes.Base(
        primary_hue=BINDING,
        secondary_hue=BINDING,
        neutral_hue=INK,
        radius_size=gr.themes.sizes.radius_lg,
        font=(fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(fonts.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"),
    )
    return theme.set(**SURFACES, **CONTROLS)
