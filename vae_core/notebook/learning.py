"""The cells in which a notebook's network learns: the loss, the training, and what it rebuilds. Imports no torch."""

from __future__ import annotations

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.notebook.cells import Cell, code

WEIGHTS = "weights.npz"


def settings(config: Config, epochs: int) -> Cell:
    """What one chooses before a training."""
    beta = f"beta = {config.beta!r}  # the weight of the penalty\n" if config.is_vae else ""
    return code(
        "settings",
        f"""{START}
d = {config.latent_dim}  # numbers of a code
{beta}epochs = {epochs}
batch_size = {config.batch_size}
learning_rate = {config.learning_rate!r}
seed = {config.seed}
train_anew = False  # True: do not load the weights that lie beside this notebook
device = "cuda" if torch.cuda.is_available() else "cpu"
""",
    )


START = """from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.utils import make_grid
"""


def loss(config: Config) -> Cell:
    """The two terms, in nats per picture. Raises KeyError for a term that has no line of code."""
    term = loss_registry.get(config.reconstruction)
    if not term.code:
        raise KeyError(config.reconstruction)
    text = (VAE_LOSS if config.is_vae else CLASSIC_LOSS).replace("TERM", term.code).replace("TITLE", term.title)
    return code("loss", text)


VAE_LOSS = '''
def reconstruction(logits, x):
    """TITLE, summed over the pixels: nats of each picture (b,)."""
    return TERM


def kl(mean, logvar):
    """The penalty: how far each bubble is from N(0, 1), summed over its d numbers, in nats (b,)."""
    return 0.5 * (logvar.exp() - logvar - 1 + mean**2).sum(1)


def losses(x):
    """The loss of each picture (b,)."""
    logits, mean, logvar = model(x)
    return reconstruction(logits, x) + beta * kl(mean, logvar)
'''
CLASSIC_LOSS = '''
def reconstruction(logits, x):
    """TITLE, summed over the pixels: nats of each picture (b,)."""
    return TERM


def losses(x):
    """The loss of each picture (b,). There is no penalty."""
    return reconstruction(model(x), x)
'''


def training(*, have_pictures: bool, loss_there: float) -> Cell:
    """Learn, or load the weights of the run. ``loss_there``: its loss on the test pictures, in nats."""
    end = BEGIN.format(loss_there=f"{loss_there:.1f}") if have_pictures else LOAD
    return code("training", TRAINING + end)


TRAINING = '''
@torch.no_grad()
def test_loss():
    """The loss of the test pictures, which it never learns from: nats per picture."""
    return torch.cat([losses(numbers(some)) for some in test_pictures.split(500)]).mean().item()


def train():
    """Again and again: a batch of pictures, their loss, its slopes, and a small step downhill."""
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for places in torch.randperm(len(train_pictures)).split(batch_size):
            x = numbers(train_pictures[places])
            loss = losses(x).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        print(f"epoch {epoch}: loss {total / len(train_pictures):.1f} in training, {test_loss():.1f} on test pictures")


def load_weights():
    """What the model had learned in Latent Lab."""
    with np.load("weights.npz") as file:
        model.load_state_dict({name: torch.from_numpy(file[name]).float() for name in file.files})


'''
BEGIN = """if Path("weights.npz").exists() and not train_anew:
    load_weights()
else:
    train()
final_loss = test_loss()
print(f"Loss on the test pictures: {{final_loss:.1f}} nats per picture. In Latent Lab it was {loss_there}.")
"""
LOAD = """load_weights()  # train() would need the pictures: put them into train_pictures and test_pictures first
"""


def rebuild(*, variational: bool, have_pictures: bool) -> Cell:
    """Helpers to look at pictures; the codes of the test pictures; and what comes out of them again."""
    if not have_pictures:
        return code("rebuild", SHOW + REDRAWN)
    return code("rebuild", SHOW + REBUILT.replace("MEAN", "model.encode(x)" + "[0]" * variational))


SHOW = '''
def show(pictures, columns=10, title=""):
    """Draw pictures (n, pixels), numbers from 0 to 1, in lines."""
    sheet = make_grid(pictures.detach().cpu().view(-1, *shape), nrow=columns, padding=1)
    lines = -(-len(pictures) // columns)
    plt.figure(figsize=(columns * 0.8, lines * 0.8 + 0.3))
    plt.imshow(sheet.permute(1, 2, 0).numpy())
    plt.axis("off")
    plt.title(title)
    plt.show()


@torch.no_grad()
def draw(z):
    """What the decoder draws from codes (n, d)."""
    return torch.cat([model.decode(some.to(device)) for some in z.split(500)])


'''
REBUILT = '''@torch.no_grad()
def encoded(pictures):
    """The codes of pictures, (n, d): where the encoder puts each of them."""
    return torch.cat([MEAN for x in map(numbers, pictures.split(500))])


codes, labels = encoded(test_pictures), test_classes
show(numbers(test_pictures[:10]), title="Test pictures")
show(draw(codes[:10]), title="Each of them as a code, decoded")
'''
REDRAWN = """show(draw(codes[:10]), title="The codes of ten test pictures, decoded")
"""
