"""Files that want to cost a server much: what each import takes until it is refused. ``python -m benchmarks imports``.

Each file of up to 50 MB is read in a fresh process, with the limits of a machine at home, which are wider than a shared
server's. Memory is what the process grows by at its peak; the file itself lies on the disk.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.table import Table, often, summary
from vae_core.architecture import of_config
from vae_core.config import Config
from vae_core.paths import ROOT

REPEATS = often(3, 1)
EPOCHS = 23  # of the lecture's size: 50 MB
CONFIG = Config(dataset="mnist", epochs=500)
SMALL = ("config.json", "status.json", "metrics.jsonl", "latents/labels.npz")
Parts = dict[str, bytes]


def measure() -> list[Table]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        whole = parts(EPOCHS)
        for name, make in list(FILES.items())[:: often(1, 4)]:
            file = Path(folder) / "file.zip"
            file.write_bytes(make(dict(whole)))
            found = [json.loads(read_in_a_fresh_process(file)) for _ in range(REPEATS)]
            seconds, worked, memory = ([result[key] for result in found] for key in ("seconds", "worked", "memory"))
            size = f"{file.stat().st_size / 1e6:.1f}"
            rows.append(
                [
                    name,
                    size,
                    summary(seconds, "s", 3),
                    summary(worked, "s", 3),
                    f"{max(memory):.0f}",
                    found[0]["answer"],
                ]
            )
    head = ["file", "MB", "time", "of a core", "MB more at most", "answer"]
    return [Table("What an import takes", "python -m benchmarks imports", head, rows)]


def read_in_a_fresh_process(file: Path) -> str:
    command = [sys.executable, "-m", "benchmarks.imports", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300).stdout


def main(file: Path) -> None:
    """Import a file, and print seconds, megabytes and the answer."""
    import psutil
    import safetensors.numpy  # noqa: F401 (a server has it already)

    from vae_core.runs import archive
    from vae_core.runs.run import RunError

    process, done = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    peak = before

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, process.memory_info().rss)

    with tempfile.TemporaryDirectory() as folder, open(file, "rb") as opened:
        watcher = threading.Thread(target=watch)
        watcher.start()
        began, worked = time.perf_counter(), time.process_time()
        try:
            answer = f"taken: {archive.unpack(opened, Path(folder)).status().state}"
        except RunError as error:
            answer = str(error).removeprefix("This file cannot be imported: ")
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        done.set()
        watcher.join()
    peak = max(peak, process.memory_info().rss)
    print(json.dumps({"seconds": seconds, "worked": worked, "memory": (peak - before) / 1e6, "answer": answer}))


# ---- a good run of random numbers, and what can be done to it


def parts(epochs: int) -> Parts:
    dice = np.random.default_rng(1)
    n, d = 10_000, CONFIG.latent_dim
    terms = {"reconstruction": 100.0, "kl": 25.0, "loss": 125.0}
    metrics = [
        {"epoch": e, "train": terms if e else None, "test": terms, "test_mean": terms, "kl_per_dimension": [1.0] * d}
        for e in range(epochs)
    ]
    found = {
        "config.json": json.dumps({"format": 1, **CONFIG.to_json()}).encode(),
        "status.json": json.dumps({"steps_per_epoch": 235}).encode(),
        "metrics.jsonl": lines(metrics),
        "steps.jsonl": lines(points(epochs - 1)),
        "latents/labels.npz": npz(labels=np.arange(n, dtype=np.uint8) % 10, test_indices=np.arange(n, dtype=np.uint32)),
    }
    for epoch in range(epochs):
        mean, logvar = dice.normal(size=(2, n, d)).astype("<f2")
        found[f"latents/{epoch:04d}.npz"] = npz(mean=mean, logvar=logvar)
        found[f"weights/{epoch:04d}.safetensors"] = weights(lambda size: dice.normal(size=size).astype("<f2"))
    return found


def points(epochs: int) -> list[dict]:
    return [
        {"step": 40 * epoch + k, "epoch": epoch, "reconstruction": 123.456789, "kl": 23.456789}
        for epoch in range(1, epochs + 1)
        for k in range(1, 41)
    ]


def lines(records: list[dict]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def weights(numbers: Callable[[int], np.ndarray]) -> bytes:
    """A safetensors file with a checksum that fits."""
    about, header, content, place = json.dumps({"epoch": 1}), {}, b"", 0
    crc = zlib.crc32(about.encode())
    for name, shape in sorted(of_config(CONFIG).parameter_shapes.items()):
        raw = numbers(int(np.prod(shape))).tobytes()
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [place, place + len(raw)]}
        content, place, crc = content + raw, place + len(raw), zlib.crc32(raw, zlib.crc32(name.encode(), crc))
    text = json.dumps({"__metadata__": {"about": about, "crc32": str(crc)}, **header}).encode()
    return struct.pack("<Q", len(text)) + text + content


def bundle(content: Parts, packing: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, raw in content.items():
            packed = packing if name.startswith(("weights", "latents/0", "resume")) else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), raw, packed, compresslevel=1)
    return out.getvalue()


def spoilt(content: Parts) -> Parts:
    """One bit of the last part that is read is another."""
    name = f"weights/{max(int(n[8:12]) for n in content if n.startswith('weights')):04d}.safetensors"
    return {**content, name: content[name][:-1] + bytes([content[name][-1] ^ 1])}


def repeated(content: Parts, epochs: int) -> Parts:
    """Many epochs of one that packs to nearly nothing."""
    tile = weights(lambda size: np.resize(np.arange(7, dtype="<f2"), size))
    mean = npz(mean=np.ones((10_000, CONFIG.latent_dim), "<f2"), logvar=np.ones((10_000, CONFIG.latent_dim), "<f2"))
    some = {name: content[name] for name in SMALL}
    record = json.loads(content["metrics.jsonl"].splitlines()[1])
    some["metrics.jsonl"] = lines([{**record, "epoch": epoch} for epoch in range(epochs)])
    for epoch in range(epochs):
        some |= {f"weights/{epoch:04d}.safetensors": tile, f"latents/{epoch:04d}.npz": mean}
    return spoilt(some)


def claims(content: Parts) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f2", "fortran_order": False, "shape": (10**12, 20)})
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        for name in ("mean.npy", "logvar.npy"):
            file.writestr(name, out.getvalue())
    return bundle({**content, "latents/0000.npz": inner.getvalue()})


def with_deep_metrics(content: Parts) -> bytes:
    record = json.loads(content["metrics.jsonl"].splitlines()[1])
    rest = json.dumps({"more": [[]] * 900})[1:]
    good = [json.dumps({**record, "epoch": epoch})[:-1] + ", " + rest for epoch in range(300)]
    return bundle({**content, "metrics.jsonl": ("\n".join(good) + "\n[]").encode()})


def with_large_resume(content: Parts) -> bytes:
    settings = {**json.loads(content["config.json"]), "hidden_dim": 4096}
    some = {name: content[name] for name in SMALL}
    return bundle({**some, "config.json": json.dumps(settings).encode()} | {"resume.safetensors": bytes(48_000_000)})


def header_of_brackets(content: Parts) -> bytes:
    text = b'{"__metadata__": ' + b"[" * 16_000
    return bundle({**content, "weights/0000.safetensors": struct.pack("<Q", len(text)) + text})


FILES: dict[str, Callable[[Parts], bytes]] = {
    "2.7 million lines `{}`": lambda p: bundle({**p, "steps.jsonl": b"{}\n" * 2_666_666}),
    "the same, alone": lambda p: bundle({n: p[n] for n in SMALL} | {"steps.jsonl": b"{}\n" * 2_666_666}),
    "8 million empty lines": lambda p: bundle({**p, "steps.jsonl": b"\n" * 8_000_000}),
    "one line of 8 MB": lambda p: bundle({**p, "steps.jsonl": b" " * 8_000_000}),
    "good steps, the last one bad": lambda p: bundle({**p, "steps.jsonl": lines(points(EPOCHS - 1)[:-1]) + b"{}"}),
    "metrics of brackets": with_deep_metrics,
    "an array that says it is huge": claims,
    "a header of brackets": header_of_brackets,
    "a resume file of zeros": with_large_resume,
    "weights that are all 0": lambda p: bundle(
        {**p, "weights/0000.safetensors": weights(lambda size: np.zeros(size, "<f2"))}),
    "8,000 parts": lambda p: bundle({f"weights/{k}": b"" for k in range(8_000)}),
    "60,000 parts": lambda p: bundle({f"weights/{k}": b"" for k in range(60_000)}),
    "50 MB of garbage": lambda p: np.random.default_rng(1).bytes(50_000_000),
    "garbage called config.json": lambda p: bundle(
        {"config.json": np.random.default_rng(1).bytes(48_000_000)} | {n: p[n] for n in SMALL[1:]}),
    "50 MB, the last bit bad": lambda p: bundle(spoilt(p)),
    "the same, packed": lambda p: bundle(spoilt(p), zipfile.ZIP_DEFLATED),
    "200 epochs of one": lambda p: bundle(repeated(p, 200), zipfile.ZIP_DEFLATED),
    "30 MB to skip, 15 epochs of one": lambda p: bundle(
        {f"weights/{k}.safetensors": p["weights/0001.safetensors"] for k in range(9_000, 9_022)} | repeated(p, 15),
        zipfile.ZIP_DEFLATED),
    "good, 50 MB": bundle,
    "good, 50 MB, packed": lambda p: bundle(p, zipfile.ZIP_DEFLATED),
}  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
