"""A Space could not be made, changed or reached."""

from pipeline.errors.base import FolioError


class DeployError(FolioError):
    """A Space could not be made, changed or reached. The same command again goes on where it stopped."""

    code = "deploy"


class TokenMissing(DeployError):
    """There is no Hugging Face token to deploy with."""

    code = "token_missing"
    sentence = "There is no Hugging Face token; set HF_TOKEN, or sign in once with hf auth login."


class TokenRefused(DeployError):
    """The Hub does not accept the token (401)."""

    code = "token_refused"
    sentence = "The Hub does not accept the token; it may be revoked or expired, so make a new one and set HF_TOKEN."


class TokenRightsMissing(DeployError):
    """The token or its owner may not do what was asked (403)."""

    code = "token_rights_missing"

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The token may not {doing}; give it write access to repositories of that owner, or take another token."
        )


class PaymentNeeded(DeployError):
    """The Hub wants a paid plan for what was asked (402)."""

    code = "payment_needed"

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The Hub wants a paid plan before it will {doing}; a free account has two Gradio Spaces, both on "
            "zero-a10g, so ask for that hardware, delete a Space, or subscribe."
        )


class HubBusy(DeployError):
    """The Hub is busy with another change of the same repository (409, 412)."""

    code = "deploy_busy"
    retryable = True

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The Hub could not {doing}, because somebody else changes the same repository; run the command again."
        )


class HubRateLimited(DeployError):
    """The Hub has had too many requests of this account (429)."""

    code = "deploy_rate_limited"
    retryable = True

    def __init__(self, doing: str, seconds: float | None) -> None:
        later = f"in {seconds:,.0f} s" if seconds else "in a few minutes"
        super().__init__(
            f"The Hub has had too many requests of this account and did not {doing}; run the command again {later}."
        )


class HubDown(DeployError):
    """The Hub answers with a fault of its own (5xx)."""

    code = "deploy_hub_down"
    retryable = True

    def __init__(self, doing: str) -> None:
        super().__init__(f"The Hub has a fault of its own and did not {doing}; run the command again later.")


class HubOutOfReach(DeployError):
    """The Hub cannot be reached, or its answer was lost."""

    code = "deploy_network"
    retryable = True

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The Hub could not be reached to {doing}; check the network and run the command again, which goes on "
            "where this one stopped."
        )


class HubRequestRefused(DeployError):
    """The Hub does not take the request as it was made (400 and others)."""

    code = "deploy_refused"

    def __init__(self, doing: str, status: int, reason: str) -> None:
        super().__init__(f"The Hub refused to {doing} with {status}: {reason or 'it gives no reason'}.")


class RepositoryMissing(DeployError):
    """A repository or bucket that was to be changed is not there (404)."""

    code = "repository_missing"

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The Hub could not {doing}, because the repository is not there or the token may not see it; run the "
            "command again."
        )


class SpaceNotFound(DeployError):
    """There is no such Space, or the token may not see it."""

    code = "space_not_found"

    def __init__(self, space_id: str) -> None:
        super().__init__(f"There is no Space {space_id} that this token can see; deploy makes it.")


class SpaceTaken(DeployError):
    """A Space of that name holds another program."""

    code = "space_taken"

    def __init__(self, space_id: str) -> None:
        super().__init__(
            f"The Space {space_id} holds another program, which would be deleted; choose another name with --space, or "
            "give --overwrite."
        )


class BuildFailed(DeployError):
    """The Space could not be built."""

    code = "build_failed"

    def __init__(self, remedy: str) -> None:
        super().__init__(f"The Space could not be built. {remedy}")


class StartFailed(DeployError):
    """The Space was built and did not start."""

    code = "start_failed"

    def __init__(self, remedy: str) -> None:
        super().__init__(f"The Space was built and did not start. {remedy}")


class DeployTimedOut(DeployError):
    """The Space did not run within the deadline."""

    code = "deploy_timed_out"
    retryable = True

    def __init__(self, minutes: float, state: str) -> None:
        super().__init__(
            f"The Space did not serve this deploy within {minutes:g} minutes: {state}. It goes on by itself; look with "
            "deploy --status, or run the command again."
        )


class SecretValueMissing(DeployError):
    """A secret was to be set, and its value is nowhere."""

    code = "secret_value_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"The secret {name} has no value; set the environment variable {name} and run this again.")


class BundleNotWritten(DeployError):
    """The bundle could not be written to the disk."""

    code = "bundle_not_written"
    sentence = "The bundle could not be written there; choose a new file name in a folder that you may write to."


class SpaceUnreachable(DeployError):
    """No Folio answers at the address."""

    code = "space_unreachable"
    retryable = True

    def __init__(self, reason: str) -> None:
        super().__init__(f"No Folio answers at this address ({reason}); check it, and that the Space is running.")
