"""Load a dataset with ``datasets`` and print its features and rows as JSON. A process of its own: the Hub's address is
read at import.

usage: python -m tests.standins.load_rows OWNER/NAME     (HF_ENDPOINT, HF_TOKEN and HF_HOME from the environment)
"""

import json
import sys

from datasets import load_dataset


def main(repo_id: str) -> None:
    loaded = load_dataset(repo_id, split="train")
    print(json.dumps({"features": loaded.features._to_yaml_list(), "rows": list(loaded)}, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
