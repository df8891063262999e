"""The text layer of a page: what its parser read, put right, and what of it is not to be believed."""
