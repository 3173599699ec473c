"""Fetch datasets before anybody wants them: ``python -m vae_core.datasets.fetch mnist kmnist``. The image is made so.

Exit status: 0 also if one could not be had, which is said in a sentence (it is fetched when somebody first trains on
it); 2 for a name that is no dataset's. A fault of ours is an error, so that no image is made with it.
"""

from __future__ import annotations

import sys

from vae_core.datasets import registry
from vae_core.datasets.spec import DataError
from vae_core.os_compat import say


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in registry.TITLES]:
        say(f"There is no dataset {unknown[0]!r}; choose among {', '.join(registry.TITLES)}.", error=True)
        return 2
    for name in names:
        try:
            registry.fetch(name)
            say(f"{registry.TITLES[name]}: fetched.")
        except DataError as error:
            say(f"{registry.TITLES[name]} comes later: {error}", error=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
