"""Words that stand on many pages: what one is looking at, in three sentences, and then more."""

from __future__ import annotations

import streamlit as st


def looking_at(sentences: str, more: str) -> None:
    """“What am I looking at?”: about three sentences that everybody reads, and ``more`` for who asks on (markdown)."""
    with st.container(gap="small"):
        st.markdown(f"**What am I looking at?** {sentences}")
        with st.expander("More", icon=":material/help:"):
            st.markdown(more)
