"""What is published of MNIST and its two siblings: their shape, the names and sums of
their files, and where they are kept."""

from __future__ import annotations

from vae_core.datasets import idx
from vae_core.datasets.spec import Shape

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SHAPE, CLASSES = Shape(1, 28, 28), 10
DIGITS = tuple("0123456789")
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST"}
FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
# SHA-256 of unpacked files. Of Fashion-MNIST's only the labels', from the .gz that its authors keep on GitHub.
SHA256 = {
    "mnist": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    "fashion-mnist": (
        "",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    "kmnist": ("", "", "", ""),
}
SOURCES = {
    "mnist": "LeCun, Cortes & Burges (CC BY-SA 3.0)",
    "fashion-mnist": "Xiao, Rasul & Vollgraf 2017 (MIT)",
    "kmnist": "Clanuwat et al. 2018, Center for Open Data in the Humanities (CC BY-SA 4.0)",
}
# MD5 of the gzipped files, as torchvision lists them.
MD5 = {
    "mnist": (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    "fashion-mnist": (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    "kmnist": (
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
}
# torchvision's, and one more each: MNIST's first mirror has answered 403 for months at a time (pytorch/vision#8568).
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    "kmnist": (
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
}


def owned_by_another(owner: tuple[str, str], wanted: tuple[str, str]) -> str:
    """What is wrong with a published file that is another than was looked for; or nothing."""
    (dataset, file), (name, place) = owner, wanted
    if dataset != name:
        return f"is {TITLES[dataset]}'s, not {TITLES[name]}'s"
    return "" if file == place else f"is {file} under another name"


def published_as(contents: idx.Contents) -> tuple[str, str] | None:
    """The dataset and the file that have these sums."""
    for name in FOLDERS:
        for file, sha256, md5 in zip(FILES, SHA256[name], MD5[name], strict=True):
            if contents.sha256 == sha256 or contents.md5 == md5:
                return name, file
    return None
