"""An inbox on the Hub: the PDF files of a dataset, listed and fetched through the one client."""

from huggingface_hub.hf_api import RepoFile

from pipeline.errors import InboxUnreachable
from pipeline.store.hub import HubFault
from pipeline.store.mirror import WatchedRepo


class InboxRepo(WatchedRepo):
    """A dataset that documents are put into; without a token it has to be public."""

    def __init__(self, repo_id: str, token: str, endpoint: str | None = None) -> None:
        super().__init__(repo_id, token=token, endpoint=endpoint)

    def pdfs(self) -> dict[str, tuple[str, int]]:
        """Blob id and size in bytes of each PDF by its path. Raises InboxUnreachable."""
        try:
            with self._faults_that_unsettle():
                tree = self._api.list_repo_tree(self.repo_id, recursive=True, repo_type="dataset")
                files = [entry for entry in tree if isinstance(entry, RepoFile)]
        except HubFault as fault:
            raise InboxUnreachable from fault
        return {file.path: (file.blob_id, file.size) for file in files if file.path.lower().endswith(".pdf")}

    def fetch(self, path: str) -> bytes:
        """The bytes of a file as it is now. Raises InboxUnreachable."""
        try:
            return self.read(path, "main")
        except HubFault as fault:
            raise InboxUnreachable from fault
