"""What every test of a page would otherwise pay for again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def _installed_components():
    """Each AppTest reads the metadata of every installed package, in search of components; none come during tests."""
    scan: Callable[[], list] = manifest_scanner.scan_component_manifests
    found = scan()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_, **__: list(found))
        yield
