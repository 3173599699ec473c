"""Many visitors at once while one training runs: ``python -m benchmarks load [--minutes 2] [--visitors 50]``.

Speaks Streamlit's own protocol (protobuf over a real websocket), as a browser does: opens a page, presses its button,
changes the page, and polls a running training at the pace that the page asks for. An answer is timed from the request
to the end of the script's run, with every message received; drawing in a browser is not in it. First one visitor opens
every page, so that the server is warm, and the training runs alone; then the visitors come, stay a while, leave, and
are replaced by others. This script runs on the same cores as server and training, so its own work is in the figures.
Writes load.md. MNIST is used where VAE_DATA_DIR has it. Over ten minutes and more it also says how fast the server's
memory grows once it is warm, and ends with 1 if that is surely more than GROWS megabytes a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import Server
from vae_core import paths
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.jobs import launcher
from vae_core.runs.run import Run

ALONE = 30.0  # seconds of the training by itself, after it has warmed up
WIRE: dict[str, Any] = {"max_size": None, "ping_interval": None}
STAYS = (25.0, 70.0)  # seconds that a visitor stays
THINKS = (3.0, 15.0)  # seconds between two requests; moving through epochs and morphs asks the server nothing
PAGES = (
    *("generate", "latent", "morph", "draw", "compare", "runs", "autoencoder", "bubbles", "noise", "loss"),
    *("missions", "glossary", ""),
)
WARM = 8.0  # minutes, of a long look, until every page has been opened by several at once
GROWS = 1.0  # megabytes a minute at most after that
MODELS = ("lecture", "two-knobs", "autoencoder", "beta-4")
REPORT = Path(__file__).with_name("load.md")


class Figures:
    """What the visitors saw."""

    def __init__(self) -> None:
        self.answers: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.visitors = 0
        self.memory: list[tuple[float, float]] = []
        self.untouched = self.empty = 0.0  # megabytes before anybody came, and once a visitor had opened every page
        self.busy = self.cpu = 0.0  # load average before; seconds of the server's cores


class Visit:
    """One browser's session."""

    def __init__(self, socket: websockets.ClientConnection, figures: Figures) -> None:
        self.socket, self.figures = socket, figures
        self.page_hash, self.polls, self.seen = "", {}, b""  # polls: fragment -> seconds
        self.kept: set[str] = set()  # large messages that a browser keeps and is not sent again

    async def ask(self, kind: str, page: str = "", query: str = "", press: str = "", fragment: str = "") -> None:
        """Send one rerun and wait for its end."""
        message = BackMsg()
        state = message.rerun_script
        state.cached_message_hashes.extend(self.kept)
        state.query_string, state.fragment_id, state.is_auto_rerun = query, fragment, bool(fragment)
        if page or not self.page_hash:
            state.page_name = page
        else:
            state.page_script_hash = self.page_hash
        if press and (found := re.search(rb"\$\$ID-[0-9a-f]+-" + press.encode(), self.seen)):
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = found[0].decode(), True
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self.until_finished(fragment)
        self.figures.answers[kind].append(time.perf_counter() - began)

    async def until_finished(self, fragment: str) -> None:
        if not fragment:
            self.seen, self.polls = b"", {}
        while True:
            raw = await asyncio.wait_for(self.socket.recv(), 60)
            if not isinstance(raw, bytes):
                continue
            answer = ForwardMsg.FromString(raw)
            if answer.metadata.cacheable and answer.WhichOneof("type") != "ref_hash":
                self.kept.add(answer.hash)
            match answer.WhichOneof("type"):
                case "navigation":
                    self.page_hash = answer.navigation.page_script_hash
                case "auto_rerun":
                    self.polls[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
                case "delta":
                    self.seen += raw if b"$$ID-" in raw else b""
                    if answer.delta.new_element.WhichOneof("type") == "exception":
                        self.figures.errors[answer.delta.new_element.exception.message[:80]] += 1
                case "script_finished":
                    if answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        self.figures.errors["compile error"] += 1
                    if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        return


async def explore(visit: Visit, dice: random.Random, until: float) -> None:
    """Opens pages, throws dice again, looks at another model."""
    page, run = dice.choice(PAGES), dice.choice(MODELS)
    await visit.ask("open a page", page, f"run={run}")
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*THINKS))
        if page == "generate" and dice.random() < 0.6:
            await visit.ask("new samples", query=f"run={run}", press="new_samples")
        else:
            page, run = dice.choice(PAGES), dice.choice(MODELS)
            await visit.ask("another page", page, f"run={run}")


async def watch(visit: Visit, dice: random.Random, until: float, run: Run) -> None:
    """Watches the training at the page's own pace."""
    await visit.ask("open a page", "train", f"run={run.id}")
    while time.monotonic() < until:
        if not visit.polls:
            visit.figures.errors["the page does not poll"] += 1
            await asyncio.sleep(until - time.monotonic())  # not another visit at once, and another
            return
        fragment, pause = next(iter(visit.polls.items()))
        await asyncio.sleep(pause)
        await visit.ask("poll", query=f"run={run.id}", fragment=fragment)


async def visitor(number: int, server: Server, run: Run, figures: Figures, end: float) -> None:
    """Comes, stays a while, goes, and another comes in the same place."""
    dice = random.Random(number)
    await asyncio.sleep(dice.uniform(0, 10))
    while time.monotonic() < end:
        figures.visitors += 1
        until = min(time.monotonic() + dice.uniform(*STAYS), end)
        try:
            async with websockets.connect(stream(server), subprotocols=["streamlit"], **WIRE) as socket:
                visit = Visit(socket, figures)
                await (watch(visit, dice, until, run) if number % 10 < 3 else explore(visit, dice, until))
        except Exception as error:
            figures.errors[f"{type(error).__name__}: {error}"[:80]] += 1
            await asyncio.sleep(1)


def stream(server: Server) -> str:
    return server.url.replace("http", "ws") + "/_stcore/stream"


async def warm(server: Server, run: Run) -> None:
    """One visitor opens every page with every model, before anything is measured."""
    async with websockets.connect(stream(server), subprotocols=["streamlit"], **WIRE) as socket:
        visit = Visit(socket, Figures())
        for model in MODELS:
            for page in PAGES:
                await visit.ask("", page, f"run={model}")
        await visit.ask("", "train", f"run={run.id}")


async def weigh(server: Server, figures: Figures, end: float) -> None:
    """The server's memory, every five seconds."""
    began = time.monotonic()
    while time.monotonic() < end:
        figures.memory.append((time.monotonic() - began, memory(server)))
        await asyncio.sleep(5)


def memory(server: Server) -> float:
    """Resident megabytes."""
    return float(psutil.Process(server.process.pid).memory_info().rss / 1e6)


def slope(samples: list[tuple[float, float]]) -> tuple[float, float] | None:
    """Megabytes a minute and their standard error, of what was weighed after WARM; None of a look that was shorter.

    A line by least squares through each minute's mean: weights a second apart are no news of each other.
    """
    minutes = defaultdict(list)
    for when, rss in samples:
        if when > 60 * WARM:
            minutes[int(when / 60)].append(rss)
    if len(minutes) < 4:
        return None
    means = [statistics.fmean(weights) for weights in minutes.values()]
    line, covariance = np.polyfit(list(minutes), means, 1, cov=True)
    return float(line[0]), float(covariance[0, 0] ** 0.5)


def cpu(server: Server) -> float:
    """Seconds of a core that the server has used."""
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


def speed(run: Run, first: int, last: int) -> float:
    """Training pictures a second, the median over some epochs."""
    return statistics.median([r["images_per_second"] for r in run.metrics()[first : last + 1]] or [float("nan")])


async def crowd(server: Server, run: Run, figures: Figures, seconds: float, visitors: int) -> None:
    end = time.monotonic() + seconds
    tasks = [visitor(number, server, run, figures, end) for number in range(visitors)]
    await asyncio.gather(weigh(server, figures, end), *tasks)


def wait_for_epoch(run: Run, epoch: int) -> None:
    while (run.epoch or 0) < epoch:
        time.sleep(0.2)


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks load")
    options.add_argument("--minutes", type=float, default=2.0)
    options.add_argument("--visitors", type=int, default=50)
    options.add_argument("--report", type=Path, default=REPORT)
    given = options.parse_args(arguments)
    seconds, visitors = 60 * given.minutes, given.visitors
    os.environ["VAE_HOSTED"] = "1"
    os.environ["VAE_HOSTED_MINUTES"] = str(int(given.minutes) + 60)  # a turn that lasts as long as the visitors stay
    dataset = "mnist" if registry.is_here("mnist") else "digits"
    batch = 256 if given.minutes < WARM else 32  # a training that lasts as long
    figures = Figures()
    figures.busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), data_dir=paths.data_dir())
        try:
            figures.untouched = memory(server)
            run = launcher.start(
                Config(dataset=dataset, epochs=500, batch_size=batch, device="cpu"), server.folder / "runs"
            )
            asyncio.run(warm(server, run))
            wait_for_epoch(run, 3)
            first = run.epoch or 0
            time.sleep(ALONE)
            middle = run.epoch or 0
            figures.empty, before = memory(server), cpu(server)
            asyncio.run(crowd(server, run, figures, seconds, visitors))
            figures.cpu = cpu(server) - before
            last = run.epoch or 0
            alone, beside = speed(run, first + 1, middle), speed(run, middle + 2, last)
            status = run.status().state
        finally:
            server.end()
    report(given.report, figures, seconds, visitors, dataset, alone, beside)
    print(f"errors: {dict(figures.errors)}, training is {status}")
    grows, error = slope(figures.memory) or (0.0, 0.0)
    return 1 if figures.errors or status != "running" or grows - 2 * error > GROWS else 0


def report(
    file: Path, figures: Figures, seconds: float, visitors: int, dataset: str, alone: float, beside: float
) -> None:
    def row(name: str, values: list[float]) -> str:
        p95 = statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
        return f"| {name} | {len(values)} | {statistics.median(values):.3f} | {p95:.3f} | {max(values):.3f} |"

    everything = [value for values in figures.answers.values() for value in values]
    rows = [row(name, values) for name, values in sorted(figures.answers.items())] + [row("**all**", everything)]
    step = max(len(figures.memory) // 10, 1)
    weights = "\n".join(f"| {when / 60:.1f} | {rss:.0f} |" for when, rss in figures.memory[::step])
    grows = slope(figures.memory)
    growth = (
        f"\nAfter minute {WARM:g} it grows by {grows[0]:.2f} ± {2 * grows[1]:.2f} MB a minute (two standard errors).\n"
        if grows
        else ""
    )
    text = f"""# Load

`python -m benchmarks load --minutes {seconds / 60:g} --visitors {visitors}`: {visitors} visitors at once
({figures.visitors} in all; each stays {STAYS[0]:.0f} to {STAYS[1]:.0f} s, three of ten watch the training), one
training of {dataset}, and the script that plays the visitors, all on {os.cpu_count()} cores.
Load average of the machine before: {figures.busy:.1f}; other work, if there was any, is in the figures.

Errors: {sum(figures.errors.values())}. Answers, in seconds:

| | answers | median | 95 % | longest |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

The server used {figures.cpu:.1f} s of a core, {1000 * figures.cpu / max(len(everything), 1):.0f} ms an answer, which
other work does not change; so one core carries {len(everything) / max(figures.cpu, 0.01):.0f} such answers a second.

Training: {alone:,.0f} pictures a second alone, {beside:,.0f} beside the visitors ({beside / alone - 1:+.0%}).

Memory of the server: {figures.untouched:.0f} MB before the first visitor, {figures.empty:.0f} when one had opened
every page with {len(MODELS)} models; then

| minute | MB |
| --- | --- |
{weights}
{growth}"""
    of_classes = file.read_text("utf-8").partition("\n# Rooms of a class\n") if file.exists() else ("", "", "")
    file.write_text(text + "".join(of_classes[1:]), "utf-8")  # what benchmarks.classroom has written stays
    print(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
