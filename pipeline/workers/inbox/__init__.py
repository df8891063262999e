"""The inbox worker: it converts what arrives in a folder or a dataset, each content once, and publishes the documents.

Enters: PDF files of a local folder (a mounted bucket is one), or of a dataset on the Hub.
Leaves: finished documents on disk and in the documents' dataset; what failed is set aside with its reason.
Read in this order: ``inbox_source`` (what there is), ``document_register`` (what became of it), ``document_converter``
(how it is converted), ``conversion_child``, ``inbox_work``, ``document_shards`` (how it is published).
Processes: the child that converts holds the models. It starts with the first document and ends when none is left, so
an idle worker is small; one that dies costs one attempt at one document.
"""
