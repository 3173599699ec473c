"""A step and Adam on a graphics card, which waits far longer for its work than it works.

At the lecture's size a step is sixty calls of torch's, and each takes the card some two microseconds however little it
asks for. So what stands between two matrix products is one kernel here (card.cu), Adam is one for all weights, and the
gradients of the weights, for which nothing waits but Adam, are found beside the way back to the first layer. In words
it is what ``Step`` says, and tests/core/test_cuda_step.py holds the two together. ``replay.py`` then records it.
"""

from __future__ import annotations

import ctypes
import importlib
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.model import Autoencoder
from vae_core.os_compat import say
from vae_core.training.adam import Adam
from vae_core.training.cuda_graph import FIRST
from vae_core.training.manual_layers import threshold_backward
from vae_core.training.manual_step import Step, side_by_side

SOURCE = Path(__file__).with_suffix(".cu")
KERNELS = ("pictures", "sample", "loss", "penalty", "columns", "together", "take", "total", "adam")
BLOCK = 128  # threads of a block
ALIGN = 64  # numbers of a line of memory, and more
PARTS = 7  # of an image, MNIST's 196 times four pixels, so that a warp has about one for each of its threads
GROUP = 16  # rows of a batch whose columns one thread adds up
ROWS = 256  # warps that add up the terms of all images
TYPES = {int: ctypes.c_int, float: ctypes.c_float}


@contextmanager
def rounded_products() -> Iterator[None]:
    """Within this, a card rounds the factors of a product to eleven bits (TF32), which makes it several times faster.

    Older cards know nothing of it, and take the factors as they are. Sums keep all their bits.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


class Card(Protocol):
    """What runs the kernels of card.cu: ``Graphics``, or a stand-in on the processor (tests/core/cuda_on_cpu.py)."""

    warp: int

    def launch(self, name: str, threads: int, *arguments: Tensor | int | float) -> None:
        """Run a kernel with at least so many threads."""

    def aside(self, number: int) -> AbstractContextManager[None]:
        """What is asked for within this, and what is asked for after it, need not wait for each other until join."""

    def join(self, number: int) -> None:
        """Let what follows wait for all that was asked for aside with this number."""


class Graphics:
    """A card with the kernels built for it, and two streams beside the main one: 0 for what is long, 1 for the rest."""

    warp = 32

    def __init__(self, device: torch.device) -> None:
        """Raises ImportError without NVIDIA's bindings, and RuntimeError where the kernels cannot be built."""
        self._driver = importlib.import_module("cuda.bindings.driver")
        torch.cuda.current_stream(device).synchronize()  # from now on the driver knows which card is meant
        module = _ok(self._driver.cuModuleLoadData(_built(torch.cuda.get_device_capability(device))))
        self._kernels = {n: _ok(self._driver.cuModuleGetFunction(module, n.encode())) for n in KERNELS}
        self._streams = [torch.cuda.Stream(device, priority=priority) for priority in (0, FIRST)]

    def launch(self, name: str, threads: int, *arguments: Tensor | int | float) -> None:
        values = tuple(a.data_ptr() if isinstance(a, Tensor) else a for a in arguments)
        types = tuple(TYPES.get(type(a), ctypes.c_void_p) for a in arguments)
        stream = self._driver.CUstream(torch.cuda.current_stream().cuda_stream)
        grid, block = (-(-threads // BLOCK), 1, 1), (BLOCK, 1, 1)
        _ok(self._driver.cuLaunchKernel(self._kernels[name], *grid, *block, 0, stream, (values, types), 0))

    @contextmanager
    def aside(self, number: int) -> Iterator[None]:
        stream = self._streams[number]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            yield

    def join(self, number: int) -> None:
        torch.cuda.current_stream().wait_stream(self._streams[number])


def _built(capability: tuple[int, int]) -> bytes:
    """card.cu for cards of a capability, e.g. (9, 0). Raises RuntimeError with the compiler's words."""
    nvrtc = importlib.import_module("cuda.bindings.nvrtc")
    program = _ok(nvrtc.nvrtcCreateProgram(SOURCE.read_bytes(), SOURCE.name.encode(), 0, [], []))
    options = [f"--gpu-architecture=sm_{capability[0]}{capability[1]}".encode()]
    if nvrtc.nvrtcCompileProgram(program, len(options), options)[0].value:
        log = bytes(_ok(nvrtc.nvrtcGetProgramLogSize(program)))
        _ok(nvrtc.nvrtcGetProgramLog(program, log))
        raise RuntimeError(log.decode(errors="replace").strip("\0 \n"))
    code = bytes(_ok(nvrtc.nvrtcGetCUBINSize(program)))
    _ok(nvrtc.nvrtcGetCUBIN(program, code))
    return code


def _ok(answer: tuple[Any, ...]) -> Any:
    """What a function of NVIDIA's bindings gave beside its error. Raises RuntimeError if there was one."""
    error, *found = answer
    if error.value:
        raise RuntimeError(str(error))
    return found[0] if found else None


@cache
def graphics(device: torch.device) -> Graphics | None:
    """The card with its kernels; or nothing, on a processor and where they cannot be built: ``Step`` does without."""
    if device.type != "cuda":
        return None
    try:
        return Graphics(device)
    except Exception as error:
        say(f"Our own kernels do not run on this graphics card ({type(error).__name__}: {error}); torch’s are used.")
        return None


def fits(model: Autoencoder, config: Config) -> bool:
    """Whether cuda_step.cu has kernels for a network, of the lecture's form alone, and for its loss."""
    form, layers = ["linear", "relu", "linear"], model.architecture
    of_the_lecture = all([layer["type"] for layer in part] == form for part in (layers.encoder, layers.decoder))
    known = loss_registry.get(config.reconstruction).kernel is not None
    return of_the_lecture and known and model.shape.pixels % (4 * PARTS) == 0


class CardStep(Step):
    """``Step`` with the kernels of card.cu. The weights lie side by side from now on, as the gradients do."""

    def __init__(self, model: Autoencoder, config: Config, most: int, device: torch.device, card: Card) -> None:
        self.card = card
        self.meanwhile: Callable[[], object] = lambda: None  # done once in each step, where it takes no time
        self.flat_weights, places = self.side_by_side(list(model.parameters()))
        for parameter, place in zip(model.parameters(), places, strict=True):
            parameter.data = place.copy_(parameter.data)
        super().__init__(model, config, most, device)
        kernel = loss_registry.get(config.reconstruction).kernel
        assert kernel is not None  # or ``fits`` said so
        self.kernel = kernel
        self.errors = torch.zeros(most, PARTS, device=device)
        self.first_bias = self.gradients[1].storage_offset()
        biases = len(self.flat) - self.first_bias
        self.columns = torch.zeros(-(-most // GROUP), biases, device=device)  # sums of parts of each dout's columns
        self.no_bias = torch.zeros(self.weights[1].numel(), device=device)
        self.sums = torch.empty(ROWS, 2, dtype=torch.float64, device=device)  # parts of those of ``take_sums``
        self.turned = [torch.empty_like(W.t()).contiguous() for W in self.weights[2::2]]  # W2, W3, W4

    def side_by_side(self, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """All biases at the end, and each from a whole line of memory on, where products are fastest."""
        flat, (*matrices, b1, b2, b3, b4) = side_by_side(weights[::2] + weights[1::2], ALIGN)
        W1, W2, W3, W4 = matrices
        return flat, [W1, b1, W2, b2, W3, b3, W4, b4]

    def make_room(self, model: Autoencoder, most: int, device: torch.device) -> None:
        h, code = self.weights[1].numel(), self.weights[3].numel()
        widths = {
            "x": self.pixels, "logits": self.pixels, "dlogits": self.pixels, "h1": h, "h2": h, "dh1": h, "dh2": h,
            "code": code, "dcode": code, "z": self.d, "dz": self.d,
        }  # fmt: skip
        self.room = {name: torch.empty(most, width, device=device) for name, width in widths.items()}
        self._places: dict[int, dict[str, Tensor]] = {}

    def numbers(self) -> set[int]:
        return {place.shape[1] for place in self.room.values()}

    def places(self, b: int) -> dict[str, Tensor]:
        """The room that ``b`` images need, made once for each ``b``: every view costs as much as a small product."""
        if b not in self._places:
            self._places[b] = {name: place[:b] for name, place in self.room.items()} | {"kls": self.kls[:b]}
        return self._places[b]

    def take_sums(self) -> Tensor:
        sums = torch.empty(2, dtype=torch.float64, device=self.errors.device)
        self._take_sums(sums)
        return sums

    def _take_sums(self, into: Tensor) -> None:
        many = self.errors.numel(), self.kls.numel()
        self.card.launch("take", ROWS * self.card.warp, self.errors, self.kls, self.sums, *many, ROWS)
        self.card.launch("total", 2 * self.card.warp, self.sums, into, ROWS)

    @torch.no_grad()
    def __call__(
        self, images: Tensor, indices: Tensor, eps: Tensor, batch: int | None = None, sums: Tensor | None = None
    ) -> None:
        """As ``Step``; but all gradients within are of the mean. Never listens: to ask a card takes no time."""
        b, d, n = len(indices), self.d, self.pixels
        if b == 0:  # this process has no share in the last batch of an epoch
            self.flat.zero_()
            self.meanwhile()
            return
        launch, at, share = self.card.launch, self.places(b), 1 / (batch or b)
        W1, b1, W2, b2, W3, b3, W4, b4 = self.weights
        dW1, db1, dW2, db2, dW3, db3, dW4, db4 = self.gradients

        # Forwards: picture -> code -> picture.
        x, z = at["x"], at["z"]
        launch("pictures", b * n // 4, images, indices, x, b, n)  # (b, 784)
        h1 = torch._addmm_activation(b1, x, W1.t(), out=at["h1"])  # relu(x @ W1.T + b1), (b, h)
        W2T, W3T, W4T = self.turned
        with self.card.aside(0):
            # Products are fastest when both factors are read along their rows, as in x @ W.T. On the way back they are
            # dout @ W, so W is turned for them now, while the small products leave most of the card idle.
            for turned, W in ((W4T, W4), (W3T, W3), (W2T, W2)):
                turned.copy_(W.t())
            self.meanwhile()
        code = torch.addmm(b2, h1, W2.t(), out=at["code"])  # (b, 2d): mean and logvar; (b, d) without noise
        if self.config.is_vae:
            launch("sample", b * d, code, eps, z, b, d)
        else:
            z = code
        h2 = torch._addmm_activation(b3, z, W3.t(), out=at["h2"])  # (b, h)
        rows, dlogits = torch.mm(h2, W4.t(), out=at["logits"]), at["dlogits"]  # (b, 784), still without b4
        launch("loss", b * PARTS * self.card.warp, rows, b4, x, self.errors, dlogits, b, n, PARTS, self.kernel, share)
        self.card.join(0)

        # Backwards, as in ``Step``. For the gradients of the weights nothing waits but Adam.
        with self.card.aside(0):
            torch.mm(dlogits.t(), h2, out=dW4)
        with self.card.aside(1):
            self._sum_columns(dlogits, db4)
        # With a bias, though it be 0, cuBLAS chooses a product that is faster here with small batches.
        dh2 = torch.addmm(self.no_bias, dlogits, W4T.t(), out=at["dh2"])
        threshold_backward(dh2, h2, 0, grad_input=dh2)
        with self.card.aside(0):
            torch.mm(dh2.t(), z, out=dW3)
        with self.card.aside(1):
            self._sum_columns(dh2, db3)
        dcode = dz = torch.mm(dh2, W3T.t(), out=at["dz"])
        if self.config.is_vae:
            dcode = at["dcode"]
            launch("penalty", b * d, code, eps, dz, dcode, at["kls"], b, d, float(self.config.beta * share))
        with self.card.aside(0):
            torch.mm(dcode.t(), h1, out=dW2)
        with self.card.aside(1):
            self._sum_columns(dcode, db2)
            if sums is not None:  # both terms are known by now
                self._take_sums(sums)
        dh1 = torch.mm(dcode, W2T.t(), out=at["dh1"])
        threshold_backward(dh1, h1, 0, grad_input=dh1)
        with self.card.aside(1):
            self._sum_columns(dh1, db1)
            biases = self.flat[self.first_bias :]
            launch("together", len(biases), self.columns, biases, -(-b // GROUP), len(biases))
        torch.mm(dh1.t(), x, out=dW1)
        self.card.join(0)
        self.card.join(1)

    def _sum_columns(self, dout: Tensor, db: Tensor) -> None:
        """Sums of parts of the columns of dout, which make the gradient of the biases when all are known."""
        b, n = dout.shape
        place = self.columns[:, db.storage_offset() - self.first_bias :]
        self.card.launch("columns", -(-b // GROUP) * n, dout, place, b, n, self.columns.shape[1])


class CardAdam(Adam):
    """``Adam`` with one kernel for all weights of a ``CardStep``."""

    def __init__(self, step: CardStep, lr: float) -> None:
        super().__init__(step.weights, lr)
        self.of = step
        self.flat_means, self.means = step.side_by_side(step.weights)
        self.flat_squares, self.squares = step.side_by_side(step.weights)
        step.meanwhile = lambda: self.counts.add_(1)

    @torch.no_grad()
    def step(self) -> None:
        """What follows each of the ``CardStep``'s, which counts it."""
        n, (b1, b2) = self.of.flat.numel(), self.betas
        self.of.card.launch(
            "adam", n // 4, self.of.flat_weights, self.of.flat, self.flat_means, self.flat_squares, self.counts, n,
            self.lr, b1, b2, math.log(b1), math.log(b2),
        )  # fmt: skip
