"""The branch of the error tree (``errors.py``) about compiled models. The app runs without them; a command says why there are none."""

from pipeline.errors import FolioError


class PackageError(FolioError):
    """A compiled model could not be made, published or fetched."""

    code = "package"


class CompilerMissing(PackageError):
    """There is no C++ compiler on this machine."""

    code = "compiler_missing"

    def __init__(self) -> None:
        super().__init__("Compiling the models needs a C++ compiler and this machine has none; install g++ and run it again.")


class CompilationFailed(PackageError):
    """A network could not be exported or compiled; the details are in the log."""

    code = "compilation_failed"

    def __init__(self, network: str) -> None:
        super().__init__(f"The network {network} could not be compiled and runs uncompiled; the log says what the compiler made of it.")


class PackageDiffers(PackageError):
    """A compiled network gives other numbers than its eager self; it was not stored."""

    code = "package_differs"

    def __init__(self, network: str, difference: float, tolerance: float) -> None:
        super().__init__(
            f"The compiled network {network} is off by {difference:.2g} where {tolerance:.2g} is allowed; "
            "it was discarded and the network runs uncompiled."
        )


class PackagesRepoNeeded(PackageError):
    """Packages were to be published or fetched without naming the one repository that is trusted."""

    code = "packages_repo_needed"

    def __init__(self) -> None:
        super().__init__("Packages hold native code; set PACKAGES_REPO to your own repository and name exactly that one.")


class PackagesRepoFailed(PackageError):
    """The Hub did not take or give packages."""

    code = "packages_repo_failed"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The packages could not be exchanged with the Hub; check the repository's name and the token, then try again.")
