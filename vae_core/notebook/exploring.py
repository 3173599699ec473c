"""The cells in which one walks through what a notebook's model has learned: samples, morph, map. Imports no torch."""

from __future__ import annotations

from vae_core.config import Config
from vae_core.datasets.spec import DatasetSpec
from vae_core.notebook.cells import Cell, code


def samples(config: Config) -> Cell:
    return code("samples", PRIOR if config.is_vae else OWN_SPREAD)


PRIOR = """
z = torch.randn(60, d)  # roll the dice: N(0, 1) for each number of a code
show(draw(z), title="Random codes, decoded")
"""
OWN_SPREAD = """
middle, spread = codes.mean(0), codes.std(0)  # of its own codes, number by number: it has no rule where they lie
z = middle + spread * torch.randn(60, d, device=device)
show(draw(z), title="Random codes, decoded")
"""


def morph(spec: DatasetSpec) -> Cell:
    """From one test picture to another, of the classes that the morph's page joins."""
    if spec.has_classes:
        ends = ", ".join(f"first_of({spec.class_names[c]!r})" for c in spec.morph)
        return code("morph", FIRST_OF + MORPH.replace("ENDS", ends))
    return code("morph", MORPH.replace("ENDS", "codes[0], codes[-1]"))


FIRST_OF = '''
def first_of(name):
    """The code of the first test picture of a class; if there is none, of the first."""
    found = (labels == names.index(name)).nonzero().flatten().tolist()
    return codes[found[0] if found else 0]


'''
MORPH = """start, end = ENDS
t = torch.linspace(0, 1, 10, device=device)[:, None]  # how far from one to the other
path = (1 - t) * start + t * end
show(draw(path), title="A straight walk from one code to another, each step decoded")
"""


def numbers(config: Config) -> Cell:
    """One number of a code after the other, from -3 to 3 (without noise: three std of the codes)."""
    scale = "steps" if config.is_vae else "codes[:, number].mean() + codes[:, number].std() * steps"
    return code("numbers", NUMBERS.replace("VALUES", scale))


NUMBERS = """
start = codes[0]
steps = torch.linspace(-3, 3, 10, device=device)
lines = []
for number in range(min(d, 6)):
    z = start.repeat(10, 1)
    z[:, number] = VALUES  # all others stay as they are
    lines.append(draw(z))
show(torch.cat(lines), title="One number of a code changed, a line each")
"""


def plane(config: Config) -> Cell | None:
    """The whole plane of two numbers; None for a model with another number of them."""
    if config.latent_dim != 2:
        return None
    return code("plane", PLANE + (QUANTILES if config.is_vae else EVEN) + SHEET)


PLANE = """
side = 15
"""
QUANTILES = """shares = (torch.arange(side) + 0.5) / side  # even shares of all rolls of the dice
across = up = torch.distributions.Normal(0, 1).icdf(shares)
"""
EVEN = """low, high = codes.quantile(0.02, dim=0).tolist(), codes.quantile(0.98, dim=0).tolist()  # where its codes lie
across, up = (torch.linspace(low[k], high[k], side) for k in (0, 1))
"""
SHEET = """y, x = torch.meshgrid(up.flip(0), across, indexing="ij")
show(draw(torch.stack([x, y], dim=-1).view(-1, 2)), columns=side, title="What the decoder draws at each place")
"""


def map_(config: Config, spec: DatasetSpec) -> Cell:
    """Where the test pictures stand: two numbers as they are, or the two main directions of more."""
    flat = {1: LINE, 2: TWO}.get(config.latent_dim, MAIN)
    return code("map", flat + (BY_CLASS if spec.has_classes else ALIKE))


LINE = """
points = codes.cpu()
flat = torch.cat([points, 0.1 * torch.randn(len(points), 1)], dim=1)  # strewn, so that the dots can be told apart
"""
TWO = """
flat = codes.cpu()
"""
MAIN = """
points = codes.cpu() - codes.cpu().mean(0)
directions = torch.linalg.svd(points, full_matrices=False).Vh[:2]  # PCA: in which they vary most
flat = points @ directions.T
"""
BY_CLASS = r"""plt.figure(figsize=(7, 7))
for c, name in enumerate(names):
    of_class = labels == c
    plt.scatter(*flat[of_class].T.numpy(), s=4, label=name.replace("$", r"\$"))
if len(names) <= 20:
    plt.legend(markerscale=3, bbox_to_anchor=(1, 1))
plt.title("Each dot is a test picture, where the encoder puts it")
plt.show()
"""
ALIKE = """plt.figure(figsize=(7, 7))
plt.scatter(*flat.T.numpy(), s=4)
plt.title("Each dot is a test picture, where the encoder puts it")
plt.show()
"""
