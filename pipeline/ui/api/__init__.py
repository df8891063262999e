"""The named endpoints that programs call, with stable codes in every error.

Enters: requests of ``gradio_client`` or plain HTTP.
Leaves: Markdown, status and files of a run; numbers of the records.
Read in this order: ``endpoints`` (one row each), ``parameters``, ``named_endpoint``, ``convert_api`` (what they do),
``refusals``, ``record_endpoints``, ``compare_endpoint``, ``worker_endpoints``, ``examples``.
Threads: gradio's own.
"""
