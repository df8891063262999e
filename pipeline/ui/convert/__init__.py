"""The page that converts: form, progress, reader and downloads.

Enters: files and options of one browser tab.
Leaves: calls of the ``Runs`` port, and updates of the parts that changed.
Read in this order: ``convert_page`` (parts tied to actions), ``parts`` and ``part_words``, ``page_state``, ``actions``,
``run_visits`` and ``earlier_runs`` (runs made before), ``page_drawing`` (updates of the parts), ``present`` and
``reader_pages`` (their HTML), ``gpu_price``, ``downloads``, ``click_data``;
then the tab that reads pages again: ``repair_wiring``, ``repair_parts``, ``repair_actions``, ``repair_drawing``;
and the field for a PDF's address: ``web_wiring``. Both are tied to the page around them by ``whole_page``.
Threads: one listener per watched run, in gradio's pool.
"""
