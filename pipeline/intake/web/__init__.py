"""PDFs by their address on the web: fetched from public servers alone, within the limits of an upload.

An address comes from a stranger, and the server that fetches it stands inside a network. So ``public_hosts`` decides
where one may lead, ``web_fetch`` connects to nothing else and takes no more than the limits, and ``document_name``
makes a file's name of what the other side calls it.
"""
