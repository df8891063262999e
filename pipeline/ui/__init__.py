"""The door to gradio: the page, the API and the dashboard, over ``pipeline.runs`` and ``pipeline.history``.

Enters: visitors' requests.
Leaves: HTML from templates with autoescape, JSON, files by secret links.
Read in this order: ``convert`` (the page), ``api`` (the named endpoints), ``dashboard``, ``ports`` (what the page needs
of a runner), ``templating`` (the only door to HTML, over ``templates/``), ``preview`` (a page's Markdown as sanitised
HTML), ``catalogue`` (every word of the page that converts, by key, over ``catalogues/``) and ``visitor_language``,
``spoken_page`` (the page in each language), ``words`` (names and numbers), ``serve`` (queue, limits and launch),
``guard`` and ``call_guard`` (what strangers may reach and send), ``lasting_streams`` (no answer is lost on its way),
``response_headers``, ``archive_route`` and ``run_archive`` (one ZIP of several runs), ``swept_files``, ``mcp_tools``.
The few lines of JavaScript lie in ``scripts/``.
Threads: gradio's own; a handler never holds a lock of a run.
"""
