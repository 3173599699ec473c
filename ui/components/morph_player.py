"""The morph player: rows of frames under one slider."""

from __future__ import annotations

from collections.abc import Sequence

from ui.components.bridge import component, token
from ui.components.image_rows import Row, cell_of

_player = component("player", "components/morph_player.js")


def morph_player(
    run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, film: int = 9, autoplay: bool = False
) -> None:
    """Rows of frames (epochs, frames, height, width) under one slider."""
    data = [row.to_json() for row in rows]
    frames = rows[0].images.shape[1]
    payload = {
        "run": run_id, "epochs": list(epochs), "rows": data, "frames": frames, "film": film,
        "size": cell_of(rows), "autoplay": autoplay,
        "version": token(data),
    }  # fmt: skip
    _player(key="morph_player", data=payload)
