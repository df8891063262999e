"""Every error a visitor can meet, as one tree. Each class says when it is raised; its sentence says what to do.

    FolioError
    ├── IntakeError           the file cannot be accepted; nothing was queued or paid for
    │   ├── FileUnreadable, EmptyFile, NotAPdf, DamagedPdf, NoPages
    │   ├── PasswordNeeded, PasswordWrong, UnsupportedEncryption
    │   ├── FileTooLarge, TooManyPages
    │   ├── PageRangeMalformed, PageRangeOutside, LanguageUnknown
    │   └── ReaderCrashed, ReaderTimedOut, ReaderOutOfMemory
    ├── RequestError          the request cannot be answered as it was made; nothing was queued
    │   ├── FileMissing, OptionUnknown, OwnerUnknown, NumberMalformed, RowLimitOutside
    │   ├── RecordNotFound, PageNotSelected, NoPageToReread, NoRereading, PageNotReread
    │   ├── EndpointUnknown, BodyMalformed, AddressRefused
    │   └── FileAndUrl, TooManyFiles, UploadExpired, RunDeleted, SignInNeeded
    ├── FetchError            a PDF cannot be fetched from its address on the web; nothing was queued
    │   ├── UrlMalformed, UrlNotPublic, UrlUnreachable, UrlAnswerRefused, UrlCompressed, UrlRedirected
    │   └── UrlTimedOut, FetchesBusy, FetchingOff
    ├── PageError             one page is lost, the others are not
    │   ├── PageUnreadable, PageTooLarge, PageTooDense, PageCrashed, PageTimedOut, PageOutOfMemory
    │   └── PageModelFailed, PageAssemblyFailed, PageOutOfModelMemory, PageOutOfGpuMemory
    ├── RunError              the run as a whole cannot start or go on
    │   ├── QueueFull, VisitorBusy, AddressBusy, VisitorMalformed, DiskNearlyFull
    │   ├── RunNotFound, RunStillGoing, RunNotEnded, RunReadOnly, NoFiles, SourceExpired
    │   ├── RunInterrupted, RunTimedOut, StorageFailed, NothingConverted, ExportFailed
    │   ├── GpuRefused         the GPU's part did not happen; finished pages stay and the run can be continued
    │   │   ├── GpuQuotaExceeded, GpuRunsExceeded, GpuCreditsPending, SpaceQuotaExceeded, GpuTokenExpired
    │   │   ├── GpuDurationRefused, GpuQueueTimedOut, GpuUnavailable, GpuVisitorLeft, GpuUnreachable
    │   │   └── GpuWorkerLost, GpuWorkerFailed, GpuBroken
    │   ├── PagesHeldBack, NoGpuHere
    │   └── InternalError
    ├── PackageError          compiled models cannot be made or moved
    │   └── CompilerMissing, CudaToolkitMissing, CompilationFailed, PackageDiffers, NothingToCompile,
    │       PackagesRepoNeeded, PackagesRepoFailed
    ├── WeightsError          the accurate models cannot be used, the others can
    │   └── WeightsMissing, WeightsDamaged
    ├── DeployError           a Space cannot be made, changed or reached; the same command again goes on
    │   ├── TokenMissing, TokenRefused, TokenRightsMissing, PaymentNeeded, SecretValueMissing
    │   ├── HubBusy, HubRateLimited, HubDown, HubOutOfReach, HubRequestRefused
    │   ├── RepositoryMissing, SpaceNotFound, SpaceTaken, SpaceUnreachable
    │   └── BuildFailed, StartFailed, DeployTimedOut, BundleNotWritten
    ├── BatchError            a batch job cannot be done as asked, or one of its documents is lost
    │   ├── BatchInputEmpty, BatchInputUnreadable, BatchDiffers, BatchBusy, BatchStopped, BlocksFailed
    │   ├── ManifestRowMalformed, DocumentUnreachable, ScalePackagesMissing, JobsNotPossible
    │   └── WorkerLost, WorkerOutOfMemory, WorkerTimedOut, WorkerDiffers, WorkerStartFailed
    ├── WorkerError           a worker, or an iteration of it, cannot go on
    │   └── WorkerRunsAlready, IterationGivenUp, InboxMissing, InboxUnreachable, ConversionLost,
    │       ScheduleRefused
    └── SettingsError         a setting of the Space is malformed; the app does not start

A message is one sentence for the person who sees it. It never holds a path, a token, a traceback or a hash; what a
library said goes to the log, not here.
"""

from pipeline.errors.base import (
    FolioError,
    SettingsError,
)
from pipeline.errors.batch_errors import (
    BatchBusy,
    BatchDiffers,
    BatchError,
    BatchInputEmpty,
    BatchInputUnreadable,
    BatchStopped,
    BlocksFailed,
    DocumentUnreachable,
    JobsNotPossible,
    ManifestRowMalformed,
    ScalePackagesMissing,
    WorkerDiffers,
    WorkerLost,
    WorkerOutOfMemory,
    WorkerStartFailed,
    WorkerTimedOut,
)
from pipeline.errors.deploy_errors import (
    BuildFailed,
    BundleNotWritten,
    DeployError,
    DeployTimedOut,
    HubBusy,
    HubDown,
    HubOutOfReach,
    HubRateLimited,
    HubRequestRefused,
    PaymentNeeded,
    RepositoryMissing,
    SecretValueMissing,
    SpaceNotFound,
    SpaceTaken,
    SpaceUnreachable,
    StartFailed,
    TokenMissing,
    TokenRefused,
    TokenRightsMissing,
)
from pipeline.errors.fetch_errors import (
    FetchError,
    FetchesBusy,
    FetchingOff,
    UrlAnswerRefused,
    UrlCompressed,
    UrlMalformed,
    UrlNotPublic,
    UrlRedirected,
    UrlTimedOut,
    UrlUnreachable,
)
from pipeline.errors.gpu_errors import (
    KEPT,
    USED_UP,
    GpuBroken,
    GpuCreditsPending,
    GpuDurationRefused,
    GpuQueueTimedOut,
    GpuQuotaExceeded,
    GpuRefused,
    GpuRunsExceeded,
    GpuTokenExpired,
    GpuUnavailable,
    GpuUnreachable,
    GpuVisitorLeft,
    GpuWorkerFailed,
    GpuWorkerLost,
    NoGpuHere,
    PagesHeldBack,
    SpaceQuotaExceeded,
)
from pipeline.errors.intake_errors import (
    DamagedPdf,
    EmptyFile,
    FileTooLarge,
    FileUnreadable,
    IntakeError,
    LanguageUnknown,
    NoPages,
    NotAPdf,
    PageRangeMalformed,
    PageRangeOutside,
    PasswordNeeded,
    PasswordWrong,
    ReaderCrashed,
    ReaderOutOfMemory,
    ReaderTimedOut,
    TooManyPages,
    UnsupportedEncryption,
)
from pipeline.errors.model_errors import (
    CompilationFailed,
    CompilerMissing,
    CudaToolkitMissing,
    NothingToCompile,
    PackageDiffers,
    PackageError,
    PackagesRepoFailed,
    PackagesRepoNeeded,
    WeightsDamaged,
    WeightsError,
    WeightsMissing,
)
from pipeline.errors.page_errors import (
    PageAssemblyFailed,
    PageCrashed,
    PageError,
    PageModelFailed,
    PageOutOfGpuMemory,
    PageOutOfMemory,
    PageOutOfModelMemory,
    PageTimedOut,
    PageTooDense,
    PageTooLarge,
    PageUnreadable,
)
from pipeline.errors.request_errors import (
    AddressRefused,
    BodyMalformed,
    EndpointUnknown,
    FileAndUrl,
    FileMissing,
    NoPageToReread,
    NoRereading,
    NumberMalformed,
    OptionUnknown,
    OwnerUnknown,
    PageNotReread,
    PageNotSelected,
    RecordNotFound,
    RequestError,
    RowLimitOutside,
    RunDeleted,
    SignInNeeded,
    TooManyFiles,
    UploadExpired,
)
from pipeline.errors.run_errors import (
    AddressBusy,
    DiskNearlyFull,
    ExportFailed,
    InternalError,
    NoFiles,
    NothingConverted,
    QueueFull,
    RunError,
    RunInterrupted,
    RunNotEnded,
    RunNotFound,
    RunReadOnly,
    RunStillGoing,
    RunTimedOut,
    SourceExpired,
    StorageFailed,
    VisitorBusy,
    VisitorMalformed,
)
from pipeline.errors.worker_errors import (
    ConversionLost,
    InboxMissing,
    InboxUnreachable,
    IterationGivenUp,
    ScheduleRefused,
    WorkerError,
    WorkerRunsAlready,
)

__all__ = [
    "KEPT",
    "USED_UP",
    "AddressBusy",
    "AddressRefused",
    "BatchBusy",
    "BatchDiffers",
    "BatchError",
    "BatchInputEmpty",
    "BatchInputUnreadable",
    "BatchStopped",
    "BlocksFailed",
    "BodyMalformed",
    "BuildFailed",
    "BundleNotWritten",
    "CompilationFailed",
    "CompilerMissing",
    "ConversionLost",
    "CudaToolkitMissing",
    "DamagedPdf",
    "DeployError",
    "DeployTimedOut",
    "DiskNearlyFull",
    "DocumentUnreachable",
    "EmptyFile",
    "EndpointUnknown",
    "ExportFailed",
    "FetchError",
    "FetchesBusy",
    "FetchingOff",
    "FileAndUrl",
    "FileMissing",
    "FileTooLarge",
    "FileUnreadable",
    "FolioError",
    "GpuBroken",
    "GpuCreditsPending",
    "GpuDurationRefused",
    "GpuQueueTimedOut",
    "GpuQuotaExceeded",
    "GpuRefused",
    "GpuRunsExceeded",
    "GpuTokenExpired",
    "GpuUnavailable",
    "GpuUnreachable",
    "GpuVisitorLeft",
    "GpuWorkerFailed",
    "GpuWorkerLost",
    "HubBusy",
    "HubDown",
    "HubOutOfReach",
    "HubRateLimited",
    "HubRequestRefused",
    "InboxMissing",
    "InboxUnreachable",
    "IntakeError",
    "InternalError",
    "IterationGivenUp",
    "JobsNotPossible",
    "LanguageUnknown",
    "ManifestRowMalformed",
    "NoFiles",
    "NoGpuHere",
    "NoPageToReread",
    "NoPages",
    "NoRereading",
    "NotAPdf",
    "NothingConverted",
    "NothingToCompile",
    "NumberMalformed",
    "OptionUnknown",
    "OwnerUnknown",
    "PackageDiffers",
    "PackageError",
    "PackagesRepoFailed",
    "PackagesRepoNeeded",
    "PageAssemblyFailed",
    "PageCrashed",
    "PageError",
    "PageModelFailed",
    "PageNotReread",
    "PageNotSelected",
    "PageOutOfGpuMemory",
    "PageOutOfMemory",
    "PageOutOfModelMemory",
    "PageRangeMalformed",
    "PageRangeOutside",
    "PageTimedOut",
    "PageTooDense",
    "PageTooLarge",
    "PageUnreadable",
    "PagesHeldBack",
    "PasswordNeeded",
    "PasswordWrong",
    "PaymentNeeded",
    "QueueFull",
    "ReaderCrashed",
    "ReaderOutOfMemory",
    "ReaderTimedOut",
    "RecordNotFound",
    "RepositoryMissing",
    "RequestError",
    "RowLimitOutside",
    "RunDeleted",
    "RunError",
    "RunInterrupted",
    "RunNotEnded",
    "RunNotFound",
    "RunReadOnly",
    "RunStillGoing",
    "RunTimedOut",
    "ScalePackagesMissing",
    "ScheduleRefused",
    "SecretValueMissing",
    "SettingsError",
    "SignInNeeded",
    "SourceExpired",
    "SpaceNotFound",
    "SpaceQuotaExceeded",
    "SpaceTaken",
    "SpaceUnreachable",
    "StartFailed",
    "StorageFailed",
    "TokenMissing",
    "TokenRefused",
    "TokenRightsMissing",
    "TooManyFiles",
    "TooManyPages",
    "UnsupportedEncryption",
    "UploadExpired",
    "UrlAnswerRefused",
    "UrlCompressed",
    "UrlMalformed",
    "UrlNotPublic",
    "UrlRedirected",
    "UrlTimedOut",
    "UrlUnreachable",
    "VisitorBusy",
    "VisitorMalformed",
    "WeightsDamaged",
    "WeightsError",
    "WeightsMissing",
    "WorkerDiffers",
    "WorkerError",
    "WorkerLost",
    "WorkerOutOfMemory",
    "WorkerRunsAlready",
    "WorkerStartFailed",
    "WorkerTimedOut",
]
