"""The kernels of card.cu on the processor: a C++ compiler builds the same file, and the threads run in turn."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from vae_core.training.cuda_step import BLOCK, SOURCE

PRELUDE = """
#include <cmath>
using namespace std;
#define WARP 1
#define __device__ static
#define __global__
#define min(a, b) ((a) < (b) ? (a) : (b))
#define __shfl_xor_sync(mask, value, apart) value
#define rsqrtf(x) (1 / sqrtf(x))
#define __expf expf
#define __logf logf
#define __fdividef(a, b) ((a) / (b))
struct uchar4 { unsigned char x, y, z, w; };
struct float4 { float x, y, z, w; };
static struct { int x; } blockIdx, blockDim, threadIdx;
"""
LOOP = """
extern "C" void all_{name}(int blocks, int size, {parameters}) {{
    blockDim.x = size;
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
        for (threadIdx.x = 0; threadIdx.x < size; threadIdx.x++) {name}({arguments});
}}
"""


class Processor:
    """A ``Card`` on which nothing happens aside."""

    warp = 1

    def __init__(self, folder: Path) -> None:
        """Skips the test where there is no compiler."""
        compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
        if compiler is None:
            pytest.skip("no C++ compiler on this machine")
        source, built = folder / "card.cpp", folder / "card.so"
        loops = ""
        for name, parameters in re.findall(r"__global__ void (\w+)\(([^)]*)\)", SOURCE.read_text()):
            arguments = ", ".join(re.findall(r"(\w+)(?:,|\s*$)", parameters))
            loops += LOOP.format(name=name, parameters=parameters, arguments=arguments)
        source.write_text(f'{PRELUDE}\n#include "{SOURCE}"\n{loops}')
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", built, source], check=True)
        self.library = ctypes.CDLL(str(built))
        self.launched: list[str] = []

    def launch(self, name, threads, *arguments) -> None:
        self.launched.append(name)
        values = [ctypes.c_float(a) if isinstance(a, float) else a for a in arguments]
        values = [ctypes.c_void_p(a.data_ptr()) if isinstance(a, torch.Tensor) else a for a in values]
        self.library[f"all_{name}"](-(-threads // BLOCK), BLOCK, *values)

    def aside(self, number):
        return nullcontext()

    def join(self, number) -> None: ...
