"""The key of a compiled package, as of a GPU."""

from pipeline.models.aot.key import PackageKey

KEY = PackageKey(
    "net", "rev", "1 code", "2.11.0+cu130", "cuda sm_120 x86_64 AVX2 0a0b0c0d", "bfloat16", "float[8,3,4,4]"
)
