"""The variational autoencoder of Canziani's lecture, and everything you can ask of it.

This package never imports streamlit, plotly or ``ui``. ``config``, ``runs`` and ``data`` import no
torch, so that a page which only shows curves never pays for it.
"""
