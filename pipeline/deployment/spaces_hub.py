"""The Hub as a deployment uses it: reading what is there, and one method for each change.

Every method may be called again after an answer that was lost. Each raises DeployError and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, Volume, set_client_factory
from huggingface_hub.errors import BucketNotFoundError, RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from pipeline.deployment.account import Account, account_of
from pipeline.deployment.hub_answers import RetryPace, deploy_errors, of_the_store
from pipeline.deployment.space_facts import SHA256, SpaceFacts, SpaceRun, WantedSpace, data_volume
from pipeline.errors import RepositoryMissing, SpaceNotFound, TokenMissing
from pipeline.space_roles import APP
from pipeline.store.hub import ResultsRepo, client_with_timeouts

Result = TypeVar("Result")
SPACE, DATASET = "space", "dataset"


class SpacesHub:
    """Spaces, buckets and datasets of a token's owner. ``endpoint`` is another Hub than the public one."""

    def __init__(self, token: str | None, endpoint: str | None = None, retry_pace: RetryPace | None = None) -> None:
        set_client_factory(client_with_timeouts)
        self._api = HfApi(endpoint=endpoint, token=token or None)
        self._retry_pace = retry_pace or RetryPace()
        self.endpoint = endpoint

    def _call(self, doing: str, request: Callable[[], Result]) -> Result:
        return self._retry_pace.call(doing, request)

    # -- reading -------------------------------------------------------------------------------------------------------

    def account(self) -> Account:
        """Whose token it is. Raises TokenMissing and TokenRefused."""
        if not self._api.token:
            raise TokenMissing
        return account_of(self._call("tell whose token this is", partial(self._api.whoami, cache=True)))

    def space(self, space_id: str) -> SpaceFacts | None:
        """The Space as it is; None where there is none."""
        return self._call("look at the Space", partial(self._space, space_id))

    def run(self, space_id: str) -> SpaceRun:
        """How the Space runs. Raises SpaceNotFound."""
        try:
            runtime = self._call("look at the Space", partial(self._api.get_space_runtime, space_id))
        except RepositoryMissing:
            raise SpaceNotFound(space_id) from None
        return _run_of(runtime)

    def address(self, space_id: str) -> tuple[str, bool]:
        """Where the Space's page is, without a slash at its end, and whether the Space is private."""
        info = self._call("look for the Space's address", partial(self._api.space_info, space_id))
        return (info.host or "").rstrip("/"), bool(info.private)

    def has_bucket(self, bucket_id: str) -> bool:
        """Whether the bucket is there."""
        return self._call("look for the bucket", partial(_there, partial(self._api.bucket_info, bucket_id)))

    def has_dataset(self, dataset_id: str) -> bool:
        """Whether the dataset is there."""
        return self._call("look for the dataset", partial(_there, partial(self._api.dataset_info, dataset_id)))

    def logs(self, space_id: str, *, build: bool, follow: bool = False) -> Iterator[str]:
        """Lines of the build's log or the program's; with ``follow`` as they come, until the Hub ends the stream."""
        with deploy_errors("read the log"):
            for line in self._api.fetch_space_logs(space_id, build=build, follow=follow):
                yield from line.splitlines()

    def _space(self, space_id: str) -> SpaceFacts | None:
        try:
            info = self._api.space_info(space_id)
        except RepositoryNotFoundError:
            return None
        runtime = self._api.get_space_runtime(space_id)
        volumes = runtime.volumes or (info.runtime.volumes if info.runtime else None) or []
        tree = self._api.list_repo_tree(space_id, recursive=True, repo_type=SPACE)
        variables = self._api.get_space_variables(space_id)
        return SpaceFacts(
            space_id=space_id,
            head=str(info.sha),
            host=(info.host or "").rstrip("/"),
            private=bool(info.private),
            run=_run_of(runtime),
            files={entry.path: _identity(entry) for entry in tree if isinstance(entry, RepoFile)},
            variables={name: variable.value for name, variable in variables.items()},
            secrets=frozenset(self._api.get_space_secrets(space_id)),
            volumes=tuple(volumes),
        )

    # -- changing ------------------------------------------------------------------------------------------------------

    def create_bucket(self, bucket_id: str) -> None:
        """Create a private bucket; one that is there stays as it is."""
        self._call("create the bucket", partial(self._api.create_bucket, bucket_id, private=True, exist_ok=True))

    def prepare_dataset(self, wanted: WantedSpace) -> None:
        """Create the role's dataset if it is missing. That of the app gets its README and first row as well, so that it
        can be loaded before the first run; a worker writes those of its own dataset when it starts.
        """
        if wanted.role is APP:
            repo = ResultsRepo(
                wanted.dataset_id, private=wanted.dataset_private, token=str(self._api.token), endpoint=self.endpoint
            )
            self._call("prepare the dataset", partial(of_the_store, repo.prepare))
        else:
            request = partial(self._api.create_repo, repo_type=DATASET, private=wanted.dataset_private, exist_ok=True)
            self._call("create the dataset", partial(request, wanted.dataset_id))

    def create_space(self, wanted: WantedSpace, variables: Mapping[str, str]) -> None:
        """Create the Space with hardware, variables, secrets and volume in one request: a free account may not create a
        Gradio Space and then change its hardware. One that is there stays as it is.
        """
        request = partial(
            self._api.create_repo,
            wanted.space_id,
            repo_type=SPACE,
            private=wanted.private,
            exist_ok=True,
            space_sdk=wanted.sdk,
            space_hardware=wanted.hardware,
            space_variables=[{"key": name, "value": value} for name, value in variables.items()],
            space_secrets=[{"key": name, "value": value} for name, value in wanted.secrets.items()],
            space_volumes=[data_volume(wanted.bucket_id)] if wanted.bucket_id else None,
        )
        self._call("create the Space", request)

    def set_variable(self, space_id: str, name: str, value: str) -> None:
        """Set a variable, which everybody may read."""
        self._call(f"set the variable {name}", partial(self._api.add_space_variable, space_id, name, value))

    def unset_variable(self, space_id: str, name: str) -> None:
        """Remove a variable."""
        self._call(f"remove the variable {name}", partial(self._api.delete_space_variable, space_id, name))

    def set_secret(self, space_id: str, name: str, value: str) -> None:
        """Set a secret. Its value is in no message."""
        self._call(f"set the secret {name}", partial(self._api.add_space_secret, space_id, name, value))

    def set_volumes(self, space_id: str, volumes: Sequence[Volume]) -> None:
        """Replace the list of mounted volumes."""
        self._call("mount the volumes", partial(self._api.set_space_volumes, space_id, list(volumes)))

    def set_hardware(self, space_id: str, hardware: str) -> None:
        """Ask for other hardware."""
        self._call(
            "change the hardware",
            partial(self._api.request_space_hardware, space_id, hardware),  # type: ignore[arg-type]
        )

    def commit(self, space_id: str, add: Mapping[str, bytes], delete: Sequence[str], message: str) -> None:
        """One commit. The client leaves out what the repository has already, so a lost answer does no harm."""

        def request() -> None:
            operations: list[CommitOperationAdd | CommitOperationDelete] = [
                CommitOperationAdd(path, data) for path, data in add.items()
            ]
            there = frozenset(self._api.list_repo_files(space_id, repo_type=SPACE)) if delete else frozenset()
            operations += [CommitOperationDelete(path) for path in delete if path in there]
            self._api.create_commit(space_id, operations, repo_type=SPACE, commit_message=message)

        self._call("upload the files", request)

    def restart(self, space_id: str) -> None:
        """Start the Space again, also one that is paused or asleep."""
        self._existing("restart the Space", space_id, self._api.restart_space)

    def pause(self, space_id: str) -> None:
        """Stop the Space until it is started again."""
        self._existing("pause the Space", space_id, self._api.pause_space)

    def delete_space(self, space_id: str) -> None:
        """Delete the Space. Its bucket and its datasets stay."""
        self._existing("delete the Space", space_id, partial(self._api.delete_repo, repo_type=SPACE))

    def _existing(self, doing: str, space_id: str, request: Callable[[str], object]) -> None:
        try:
            self._call(doing, partial(request, space_id))
        except RepositoryMissing:
            raise SpaceNotFound(space_id) from None


def _run_of(runtime: object) -> SpaceRun:
    stage, hardware, requested = (getattr(runtime, name) for name in ("stage", "hardware", "requested_hardware"))
    return SpaceRun(str(stage), str(hardware or ""), str(requested or ""))


def _identity(entry: RepoFile) -> str:
    return SHA256 + entry.lfs.sha256 if entry.lfs else entry.blob_id


def _there(request: Callable[[], object]) -> bool:
    try:
        request()
    except (RepositoryNotFoundError, BucketNotFoundError):
        return False
    return True
