"""The browser's Plotly is the one that the Python package carries, and README.md beside it says so."""

from __future__ import annotations

import hashlib
import re

from plotly.offline import get_plotlyjs_version

from vae_core.paths import ROOT

VENDOR = ROOT / "static" / "vendor"
README = (VENDOR / "README.md").read_text(encoding="utf-8")
BUNDLE = VENDOR / "plotly-gl2d.min.js"


def test_the_browsers_plotly_is_the_python_packages():
    said = re.search(r"^\| `plotly-gl2d\.min\.js`.*\| `plotly\.js` \| (\S+) \|$", README, re.MULTILINE)
    written = re.search(r"plotly\.js \(gl2d - minified\) v(\S+)", BUNDLE.read_text(encoding="utf-8")[:200])
    assert said and written
    assert said[1] == written[1] == get_plotlyjs_version()


def test_the_bundle_is_as_it_was_published():
    """README.md has the sum of the file in the npm package."""
    assert hashlib.sha256(BUNDLE.read_bytes()).hexdigest() in README
