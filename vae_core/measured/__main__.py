"""Measure anew what the pages say: ``VAE_DATA_DIR=... python -m vae_core.measured [name ...]``."""

from __future__ import annotations

import importlib
import sys

from vae_core.measured import FOLDER, NAMES
from vae_core.runs import files


def main() -> None:
    unknown = set(sys.argv[1:]) - set(NAMES)
    if unknown:
        sys.exit(f"There is no {', '.join(sorted(unknown))} to measure, only {', '.join(NAMES)}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or NAMES:
        print(name, flush=True)
        module = importlib.import_module(f"vae_core.measured.{name}")
        files.write_json(FOLDER / f"{name}.json", module.measure())


if __name__ == "__main__":
    main()
