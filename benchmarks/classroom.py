"""Classes at once: ``python -m benchmarks.classroom [--pupils 60] [--rooms 4] [--each 30] [--kills 100]``.

Speaks Streamlit's own protocol over real websockets, as phones do, beside a page of each room's teacher: pupils
join by the form, answer missions, draw, and watch one training. What a teacher clicks is written into the store, as the
click would; how long something takes ends with the message to the page that shows it. Votes and drawings are counted,
not told apart, so the k-th that was sent is taken for the k-th that is seen. This script runs on the same cores as
server and training, so its own work is in the figures. At last two processes that write votes are killed in the middle
of it, again and again (``tests/core/test_classroom_file.py``). Writes the end of load.md.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import websockets
from PIL import Image, ImageDraw
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.load import REPORT, WIRE, cpu, memory, stream, wait_for_epoch
from tests.browser.conftest import Server
from ui.understand.missions import MISSIONS
from vae_core import paths
from vae_core.classroom import codes, drawings, rooms, voting
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.drawing import PAD
from vae_core.jobs import launcher
from vae_core.runs import lifecycle
from vae_core.runs.run import Run

ASKED = ("noise-off", "random-codes", "bubble-size")  # missions with words to choose from
COMES, ANSWERS, DRAWS, WATCHES, ALONE = 10.0, 5.0, 12.0, 40.0, 25.0  # seconds
TWICE = 2  # drawings of each
PATIENCE = 60.0  # seconds until something counts as an error
HEAD = "\n# Rooms of a class\n"


class Figures:
    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.lines: list[str] = []

    def row(self, name: str) -> str:
        values = self.seconds[name]
        p95 = statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
        return f"| {name} | {len(values)} | {statistics.median(values):.3f} | {p95:.3f} | {max(values):.3f} |"


class Page:
    """One browser's session: what a phone, or the teacher's laptop, sends and is sent."""

    def __init__(self, socket: websockets.ClientConnection, figures: Figures, code: str, teacher: str = "") -> None:
        self.socket, self.figures, self.code, self.teacher = socket, figures, code, teacher
        self.token, self.query, self.page_hash = codes.new_token(), f"room={code}", ""
        self.known: dict[str, tuple[str, str]] = {}  # widgets by the end of their id: the id and the fragment
        self.states: dict[str, WidgetState] = {}  # what a browser sends along each time
        self.cache: dict[str, ForwardMsg] = {}
        self.polls: dict[str, float] = {}
        self.text, self.bars, self.map = "", -1, -1
        self.finished = 0
        self.changed = asyncio.Condition()
        self.polled = 0

    # ---- what comes

    async def listen(self) -> None:
        try:
            async for raw in self.socket:
                if isinstance(raw, bytes):
                    await self._take(ForwardMsg.FromString(raw))
        except Exception as error:
            self.figures.errors[f"{type(error).__name__}: {error}"[:80]] += 1

    async def _take(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "ref_hash":
            answer = self.cache[answer.ref_hash]
            kind = answer.WhichOneof("type")
        elif answer.metadata.cacheable:
            self.cache[answer.hash] = answer
        if kind == "navigation":
            self.page_hash = answer.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = answer.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.polls[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
        elif kind == "delta":
            self._element(answer.delta)
        elif kind == "script_finished":
            if answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.figures.errors["compile error"] += 1
            self.finished += 1
        async with self.changed:
            self.changed.notify_all()

    def _element(self, delta: Any) -> None:
        element = delta.new_element
        if (kind := element.WhichOneof("type")) is None:
            return
        proto = getattr(element, kind)
        if found := re.fullmatch(r"\$\$ID-[0-9a-f]+-(.+)", str(getattr(proto, "id", ""))):
            self.known[found[1]] = found[0], delta.fragment_id
        if kind == "exception":
            self.figures.errors[proto.message[:80]] += 1
        elif kind in ("markdown", "html", "heading"):
            body = str(getattr(proto, "body", ""))
            self.text = (self.text + body)[-20_000:]
            if told := re.search(r"(\d+) of \d+ have (?:answered|voted)", body):
                self.bars = int(told[1])
        elif kind == "alert" and "error" in str(proto).lower():
            self.text = (self.text + str(proto.body))[-20_000:]
        elif kind == "bidi_component" and proto.component_name.endswith("class_map"):
            self.map = len(json.loads(proto.json)["drawings"])

    async def until(self, what: Callable[[], bool], words: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE), self.changed:
                await self.changed.wait_for(what)
        except TimeoutError:
            self.figures.errors[f"never came: {words}"] += 1
            return False
        return True

    # ---- what is sent

    async def ask(self, *triggers: WidgetState, page: str = "", fragment: str = "", poll: bool = False) -> float:
        """Send one rerun and wait for its end. Returns the seconds."""
        message, before = BackMsg(), self.finished
        state = message.rerun_script
        state.query_string, state.fragment_id, state.is_auto_rerun = self.query, fragment, poll
        state.cached_message_hashes.extend(self.cache)
        state.widget_states.widgets.extend([*self.states.values(), *triggers])
        if page:
            state.page_name = page
        else:
            state.page_script_hash = self.page_hash
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self.until(lambda: self.finished > before, "the end of a page")
        return time.perf_counter() - began

    async def there(self, name: str) -> tuple[str, str]:
        """The widget whose id ends so, and its fragment."""
        await self.until(lambda: name in self.known, name)
        return self.known.get(name, ("", ""))

    def keep(self, wid: str, **value: Any) -> None:
        self.states[wid] = WidgetState(id=wid, **value)

    async def press(self, name: str) -> float:
        wid, fragment = await self.there(name)
        return await self.ask(WidgetState(id=wid, trigger_value=True), fragment=fragment)

    async def come(self) -> None:
        """Open the page, say who one is, and sit down."""
        began = time.perf_counter()
        await self.ask(page="class")
        seat = {"token": self.token, "room": self.code if self.teacher else "", "teacher": self.teacher}
        wid, fragment = await self.there("class_seat_line")
        self.keep(wid, json_value=json.dumps({"seat": seat}))
        await self.ask(fragment=fragment)
        if self.teacher:
            await self.until(lambda: self.code in self.text, "the teacher's page")
            return
        wid, _ = await self.there("class_nickname")
        self.keep(wid, string_value=f"Nick {self.token[:4]}")
        await self.press("class_join_button")
        await self.until(lambda: "Hello" in self.text, "the room")
        self.figures.seconds["join: open the page, say a name, be in"].append(time.perf_counter() - began)

    async def answer(self, question: int, words: str) -> float:
        """Vote, and return when it was sent."""
        wid, fragment = await self.there(f"class_answer_{question}")
        self.keep(wid, string_value=words)
        sent = time.perf_counter()
        self.figures.seconds["a vote is confirmed on the phone"].append(await self.ask(fragment=fragment))
        del self.states[wid]  # the next thing that the class does has no such widget
        return sent

    async def draw(self, drawing: np.ndarray) -> float:
        """Draw, send it, and return when that was."""
        wid, fragment = await self.there("digit_pad")
        packed = base64.b64encode(drawing.tobytes()).decode()
        value = {"kind": "pixels", "packed": packed, "sum": zlib.adler32(drawing.tobytes())}
        event = json.dumps([{"event": "drawn", "value": value}])
        await self.ask(
            WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{wid}__events", json_trigger_value=event), fragment=fragment
        )
        sent = time.perf_counter()
        self.figures.seconds["a drawing is confirmed on the phone"].append(await self.press("class_send_drawing"))
        return sent

    async def watch(self, until: float) -> None:
        """Look at the training as often as its page asks for."""
        await self.until(lambda: bool(self.polls), "the training's page")
        while self.polls and (left := until - time.monotonic()) > 0:
            fragment, pause = next(iter(self.polls.items()))
            await asyncio.sleep(min(pause, left))
            self.figures.seconds["a look at the training"].append(await self.ask(fragment=fragment, poll=True))
            self.polled += 1


def drawing(seed: int) -> np.ndarray:
    """Something like a 0, each another."""
    pad, dice = Image.new("L", (PAD, PAD)), random.Random(seed)
    left, top = dice.randint(20, 50), dice.randint(10, 30)
    ImageDraw.Draw(pad).ellipse(
        (left, top, left + dice.randint(35, 75), top + dice.randint(70, 100)), outline=255, width=dice.randint(7, 14)
    )
    return np.asarray(pad)


class Class:
    """A room with its teacher's page and its pupils' phones."""

    def __init__(self, server: Server, figures: Figures, count: int) -> None:
        opened = rooms.open_room(codes.new_token())
        self.server, self.figures, self.count = server, figures, count
        self.code, self.teacher_token = opened.room.code, opened.token
        self.phones: list[Page] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.paces: list[float] = []

    async def page(self, teacher: str = "") -> Page:
        socket = await websockets.connect(stream(self.server), subprotocols=["streamlit"], **WIRE)
        page = Page(socket, self.figures, self.code, teacher)
        self.tasks.append(asyncio.create_task(page.listen()))
        return page

    async def come(self) -> None:
        self.desk = await self.page(self.teacher_token)
        await self.desk.come()

        async def one(k: int) -> None:
            await asyncio.sleep(COMES * k / self.count)
            phone = await self.page()
            self.phones.append(phone)
            await phone.come()

        await asyncio.gather(*(one(k) for k in range(self.count)))

    async def predict(self, mission: str) -> None:
        self.desk.bars, answers = -1, MISSIONS[mission].answers
        asked = voting.ask(self.code, self.teacher_token, "mission", mission, len(answers))
        began = time.perf_counter()
        rooms.set_activity(self.code, self.teacher_token, {"kind": "predict", "question": asked.id})
        await self.desk.until(lambda: self.desk.bars == 0, "the new question")  # and no more the bars of the last one

        async def one(k: int, phone: Page) -> float:
            await phone.there(f"class_answer_{asked.id}")
            self.figures.seconds["a mission appears on a phone"].append(time.perf_counter() - began)
            await asyncio.sleep(random.Random(k).uniform(0, ANSWERS))
            return await phone.answer(asked.id, answers[k % len(answers)])

        seen = asyncio.create_task(arrivals(self.desk, lambda: self.desk.bars, self.count, "all votes"))
        sent = await asyncio.gather(*(one(k, phone) for k, phone in enumerate(self.phones)))
        self._note("from a vote to the teacher's bars", sent, await seen)
        if sum(voting.counts(self.code, asked.id)) != self.count:
            self.figures.errors["a vote is missing"] += 1
        for phone in self.phones:
            phone.text = ""
        began = time.perf_counter()
        voting.close(self.code, self.teacher_token, asked.id)

        async def looks(phone: Page) -> None:
            await phone.until(lambda: "**Why?**" in phone.text, "what the models did")
            self.figures.seconds["from Look to a phone that shows it"].append(time.perf_counter() - began)

        await asyncio.gather(*(looks(phone) for phone in self.phones))

    async def draw(self, times: int) -> None:
        prompt = drawings.invite(self.code, self.teacher_token, "a 0")
        rooms.set_activity(
            self.code, self.teacher_token, {"kind": "draw", "prompt": prompt.id, "run": "two-knobs", "label": 0}
        )

        async def one(k: int, phone: Page) -> list[float]:
            dice, sent = random.Random(k), []
            for again in range(times):
                await asyncio.sleep(dice.uniform(0, 2 * DRAWS / times))
                sent.append(await phone.draw(drawing(100 * k + again)))
            return sent

        self.desk.map = -1
        total = times * self.count
        seen = asyncio.create_task(arrivals(self.desk, lambda: self.desk.map, total, "all drawings"))
        sent = await asyncio.gather(*(one(k, phone) for k, phone in enumerate(self.phones)))
        self._note("from a drawing to the teacher's map", [each for some in sent for each in some], await seen)

    def _note(self, name: str, sent: Iterable[float], seen: list[float]) -> None:
        self.figures.seconds[name] += [max(b - a, 0.0) for a, b in zip(sorted(sent), seen, strict=False)]

    async def watch(self, run: Run, seconds: float) -> None:
        rooms.set_activity(self.code, self.teacher_token, {"kind": "train", "run": run.id})
        until = time.monotonic() + seconds
        await asyncio.gather(*(phone.watch(until) for phone in self.phones))
        self.paces = [pause for phone in self.phones for pause in phone.polls.values()]

    async def go(self) -> None:
        for task in self.tasks:
            task.cancel()
        for page in [self.desk, *self.phones]:
            await page.socket.close()


async def arrivals(page: Page, count: Callable[[], int], most: int, words: str) -> list[float]:
    """When each of so many was seen, the first first."""
    found: list[float] = []
    await page.until(lambda: count() >= 0, words)
    while len(found) < most:
        if not await page.until(lambda: count() > len(found), words):
            break
        found.extend([time.perf_counter()] * (min(count(), most) - len(found)))
    return found


async def one_room(server: Server, figures: Figures, pupils: int, run: Run) -> None:
    room = Class(server, figures, pupils)
    lifecycle.note(run, room=room.code)
    await room.come()
    before, began = cpu(server), time.monotonic()
    await asyncio.sleep(10)
    figures.lines.append(
        f"Ten seconds in which nothing happens cost the server {1000 * (cpu(server) - before):.0f} ms of a core: "
        f"nobody asks, a thread looks at the room's version. ({time.monotonic() - began:.0f} s, {pupils} phones)"
    )
    for mission in ASKED:
        await room.predict(mission)
    await room.draw(TWICE)
    first = run.epoch or 0
    await asyncio.sleep(ALONE)  # the phones are there, and rest
    middle, before, played = run.epoch or 0, cpu(server), time.process_time()
    await room.watch(run, WATCHES)
    last, used, played = run.epoch or 0, cpu(server) - before, time.process_time() - played
    alone, beside = together(run, first + 1, middle), together(run, middle + 2, last)
    looks = sum(phone.polled for phone in room.phones)
    paces, each = f"{min(room.paces, default=0):.1f} to {max(room.paces, default=0):.1f}", 1000 * used / max(looks, 1)
    figures.lines.append(
        f"Training of {run.config.dataset}: {alone:,.0f} pictures a second alone, {beside:,.0f} while {pupils} phones "
        f"watch it ({beside / alone - 1:+.0%}). A phone looks every {paces} s; a look costs the server {each:.1f} ms "
        f"of a core, their coming to the page included ({looks} looks, {used:.1f} s; their script {played:.1f} s)."
    )
    await room.go()


def together(run: Run, first: int, last: int) -> float:
    """Training pictures a second over some epochs as a whole: a trainer that changes its number of threads has no
    typical epoch."""
    return statistics.harmonic_mean([each["images_per_second"] for each in run.metrics()[first : last + 1]] or [1.0])


async def many_rooms(server: Server, figures: Figures, count: int, pupils: int) -> None:
    classes = [Class(server, figures, pupils) for _ in range(count)]
    await asyncio.gather(*(each.come() for each in classes))
    for mission in ASKED[:2]:
        await asyncio.gather(*(each.predict(mission) for each in classes))
    await asyncio.gather(*(each.draw(1) for each in classes))
    for each in classes:
        await each.go()


def killed(count: int) -> str:
    """Two writers, killed so many times."""
    began = time.monotonic()
    test = "tests/core/test_classroom_file.py::test_no_confirmed_vote_is_lost_when_servers_are_killed"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-o", "addopts=", test],
        cwd=paths.ROOT, env={**os.environ, "VAE_TEST_KILLS": str(count)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return f"Kill -9 of two processes that write votes, {count} times: FAILED.\n\n```\n{done.stdout[-2000:]}\n```"
    return (
        f"Kill -9 of two processes that write votes, {count} times: the file opens each time, and no vote that was "
        f"confirmed is lost ({time.monotonic() - began:.0f} s)."
    )


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks.classroom")
    for name, default in (("pupils", 60), ("rooms", 4), ("each", 30), ("kills", 100)):
        options.add_argument(f"--{name}", type=int, default=default)
    options.add_argument("--report", type=Path, default=REPORT)
    given = options.parse_args(arguments)
    busy, one, four = os.getloadavg()[0], Figures(), Figures()
    dataset = "mnist" if registry.is_here("mnist") else registry.EMBEDDED
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), data_dir=paths.data_dir())
        os.environ["VAE_RUNS_DIR"] = str(server.folder / "runs")
        try:
            asyncio.run(warm(server))
            empty = memory(server)
            run = launcher.start(Config(dataset=dataset, epochs=500, batch_size=256, device="cpu"))
            wait_for_epoch(run, 2)
            asyncio.run(one_room(server, one, given.pupils, run))
            launcher.request(run, "stop")
            heavy = memory(server)
            asyncio.run(many_rooms(server, four, given.rooms, given.each))
        finally:
            server.end()
    words = killed(given.kills) if given.kills else ""
    report(given, busy, (one, four), (empty, heavy), words)
    return 1 if one.errors or four.errors or "FAILED" in words else 0


async def warm(server: Server) -> None:
    """One class of two does all of it before anything is measured."""
    room = Class(server, Figures(), 2)
    await room.come()
    for mission in ASKED:
        await room.predict(mission)
    await room.draw(1)
    await room.go()
    rooms.close(room.code, room.teacher_token)


def report(
    given: argparse.Namespace, busy: float, both: tuple[Figures, Figures], weights: tuple[float, float], kills: str
) -> None:
    parts = []
    titles = (
        f"## One room of {given.pupils}: they join, answer {len(ASKED)} missions, draw, watch one training",
        f"## {given.rooms} rooms of {given.each} at once: they join, answer 2 missions, draw",
    )
    for title, figures in zip(titles, both, strict=True):
        errors = f"Errors: {sum(figures.errors.values())}." + (f" {dict(figures.errors)}" if figures.errors else "")
        rows = "\n".join(figures.row(name) for name, values in figures.seconds.items() if values)
        table = f"| in seconds | how many | median | 95 % | longest |\n| --- | --- | --- | --- | --- |\n{rows}"
        parts.append("\n\n".join([title, errors, table, *figures.lines]))
    command = f"--pupils {given.pupils} --rooms {given.rooms} --each {given.each} --kills {given.kills}"
    text = f"""{HEAD}
`python -m benchmarks.classroom {command}`,
with a training of its own and the script that plays phones and teachers, all on {os.cpu_count()} cores.
Load average of the machine before: {busy:.1f}; other work, if there was any, is in the figures.
Memory of the server: {weights[0]:.0f} MB before, {weights[1]:.0f} after the room of {given.pupils}.

{(chr(10) * 2).join(parts)}

{kills}
"""
    before = given.report.read_text("utf-8").split(HEAD)[0] if given.report.exists() else ""
    given.report.write_text(before.rstrip("\n") + "\n" + text if before else text.lstrip("\n"), "utf-8")
    print(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
