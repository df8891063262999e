"""PDFs by their address on the web: fetched from public servers alone, within the limits of an upload.

Enters: an address from a stranger, who may mean a server of the network inside which this one stands.
Leaves: a PDF as a file, or a ``FetchError`` or ``IntakeError``.
Read in this order: ``public_hosts`` (where an address may lead), ``web_fetch`` (connects to nothing else and takes no
more than the limits), ``document_name`` (a file's name, from the one that the other side gives).
Threads: each fetch has an event loop of its own in the thread that asks for it.
"""
