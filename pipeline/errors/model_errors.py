"""Compiled packages or weights cannot be used. The app runs without them; a command or the log gives the reason."""

from pipeline.errors.base import FolioError


class PackageError(FolioError):
    """A compiled model could not be made, published or fetched."""

    code = "package"


class CompilerMissing(PackageError):
    """There is no C++ compiler on this machine."""

    code = "compiler_missing"
    sentence = "Compiling the models needs a C++ compiler and this machine has none; install g++ and run it again."


class NothingToCompile(PackageError):
    """There is no GPU here, and the CPU lane runs its networks with onnxruntime."""

    code = "nothing_to_compile"
    sentence = "Only the GPU's models are compiled and this machine has no GPU; run it on a machine with one."


class CudaToolkitMissing(PackageError):
    """Compiling for a GPU needs headers and tools that PyTorch's wheels do not bring."""

    code = "cuda_toolkit_missing"

    def __init__(self, part: str) -> None:
        super().__init__(
            f"Compiling the models for the GPU needs the CUDA toolkit, and {part} is missing; "
            "install the toolkit, set CUDA_HOME to it and run it again."
        )


class CompilationFailed(PackageError):
    """A network could not be exported or compiled; the details are in the log."""

    code = "compilation_failed"

    def __init__(self, network: str) -> None:
        super().__init__(
            f"The network {network} could not be compiled and runs uncompiled; "
            "the log says what the compiler made of it."
        )


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
    sentence = "Packages hold native code; set PACKAGES_REPO to your own repository and name exactly that one."


class PackagesRepoFailed(PackageError):
    """The Hub did not take or give packages."""

    code = "packages_repo_failed"
    retryable = True
    sentence = (
        "The packages could not be exchanged with the Hub; check the repository's name and the token, then try again."
    )


class WeightsError(FolioError):
    """The accurate models cannot be used here."""

    code = "weights"


class WeightsMissing(WeightsError):
    """The weights of a network are neither in the Hub's cache nor in the folder of models."""

    code = "weights_missing"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The weights of {model} are not on this machine; "
            "let preload_from_hub name its repository and restart the Space."
        )


class WeightsDamaged(WeightsError):
    """The weights of a network cannot be read, or do not fit it."""

    code = "weights_damaged"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The weights of {model} are damaged or belong to another network; remove them and download them again."
        )
