"""The state of a run, in words."""

from __future__ import annotations

from ui.store import tail
from vae_core.analysis.reference import IN_USE
from vae_core.runs.run import Run, Status

BADGES = {
    "queued": ("blue", "hourglass_empty"),
    "starting": ("blue", "hourglass_top"), "running": ("green", "play_circle"), "paused": ("orange", "pause_circle"),
    "stopping": ("orange", "stop_circle"), "finished": ("green", "check_circle"), "stopped": ("gray", "stop_circle"),
    "failed": ("red", "error"), "interrupted": ("orange", "power_off"),
}  # fmt: skip


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def summary(run: Run, status: Status) -> str:
    """How far a run came and how good it is, in one line: the test with z sampled, nats per image."""
    metrics, words = tail.metrics(run), [f"epoch {status.epoch} of {status.epochs}"]
    if len(metrics) > 1:
        test, used = metrics[-1]["test"], metrics[-1].get("kl_per_dimension")
        words.append(f"test reconstruction {test['reconstruction']:.1f}")
        if run.config.is_vae and used:
            words.append(f"KL {test['kl']:.1f}")
            words.append(f"{sum(kl > IN_USE for kl in used)} of {len(used)} numbers in use")
    return " · ".join(words)
