"""Measure anew what the pages say: ``VAE_DATA_DIR=... python -m vae_core.measured [name ...]``."""

from __future__ import annotations

import importlib
import sys

from vae_core.datasets.spec import DataError
from vae_core.jobs.foreground import NotTrained
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
        try:
            found = module.measure()
        except DataError as error:
            sys.exit(f"{name} cannot be measured: {error}")
        except NotTrained as error:
            sys.exit(f"{name} cannot be measured: {error}.")
        files.write_json(FOLDER / f"{name}.json", found)


if __name__ == "__main__":
    main()
