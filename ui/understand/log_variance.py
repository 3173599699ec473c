"""Why the log variance, and that other distributions are possible: two small experiments on /noise."""

from __future__ import annotations

import streamlit as st

from ui.components.bridge import component, versioned
from ui.text import glossary
from vae_core import measured

_log_variance = component("log_variance", "understand/log_variance.js")
_shapes = component("shapes_of_noise", "understand/shapes_of_noise.js")


def log_variance() -> None:
    """A variance that steps push below zero beside its logarithm. Raises OSError or ValueError without its numbers."""
    found = measured.load("variance")
    st.markdown(
        "#### Why the logarithm of the variance\nThe encoder could give the variance itself. Here both ways go down "
        f"the same loss, which is measured: a {found['digit']}, the model of two numbers, and {found['rolls']} rolls "
        "at each variance. Both start at a variance of 1.",
        help=glossary.tips("logvar", "std"),
    )
    payload = {name: found[name] for name in ("variances", "error", "beta")}
    _log_variance(key="log_variance", data=versioned(payload))


def shapes_of_noise() -> None:
    """Bubbles of three shapes with one mean and std, and what each costs."""
    st.markdown(
        "#### Other distributions are possible\nA bubble need not be Gaussian. The trick works with any dice that are "
        "rolled first and then moved and stretched, as long as their KL can be worked out. Among all shapes with the "
        "same mean and std the Gaussian costs the least, since it says the least: it has the largest entropy. We "
        "trained none of the others, so what they would draw is not shown here.",
        help=glossary.tips("kl", "noise"),
    )
    _shapes(key="shapes_of_noise", data=versioned({}))
