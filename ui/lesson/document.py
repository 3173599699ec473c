"""The lesson as docs/teaching.md, which ``python -m ui.lesson.document`` writes, and as a teacher takes it home."""

from __future__ import annotations

from ui.lesson import plan
from vae_core.paths import ROOT
from vae_core.runs import files

FILE = ROOT / "docs" / "teaching.md"
SERVER = "http://localhost:8501/"


def text(server: str | None = None) -> str:
    """The whole document, Markdown; from a server, whose address ends with a slash, its links lead to that one."""
    base = server or SERVER
    about = [
        "Written by `python -m ui.lesson.document` from `ui/lesson/plan.py`, as the page `/lesson` is. That page also "
        "has the",
        "worksheet and the answers to print. For pupils of 14 and older; no code. All links are for an app on this "
        f"computer ({SERVER});",
        "on another server, put its address in their place. What is said of the models is measured: "
        "[truth.md](truth.md).",
    ] if server is None else [
        "For pupils of 14 and older; no code. What is said of the models is measured. The app, with the worksheet and "
        f"the answers to print: {server}lesson",
    ]  # fmt: skip
    lines = [
        f"# A lesson of {plan.MINUTES} minutes: how a machine learns to invent digits", "", *about, "",
        "After it, pupils can", "", *bullets(plan.AIMS), "",
        "You need", "", *bullets(plan.NEEDS), "",
        "Before the lesson", "", *bullets(plan.BEFORE), "",
    ]  # fmt: skip
    for step, start in zip(plan.STEPS, plan.starts(), strict=True):
        lines += [f"## Minutes {start} to {start + step.minutes}: {step.title}", ""]
        if step.links:
            lines += ["Open " + " · ".join(f"[{link.label}]({base}{link.address})" for link in step.links), ""]
        lines += [f"**You say.** {step.say()}", "", f"**They do.** {step.pupils_do}", ""]
        for thought in step.thoughts:
            lines += [f"- *“{thought.pupils}”* {thought.answer()}"]
        lines += [""] * bool(step.thoughts)
    for title, words in plan.WITHOUT.items():
        lines += [f"## {title}", "", words, ""]
    return "\n".join(lines).rstrip() + "\n"


def bullets(items: tuple[str, ...]) -> list[str]:
    return [f"- {item}" for item in items]


if __name__ == "__main__":
    files.write_bytes(FILE, text().encode())
