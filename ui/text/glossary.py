"""Every term in plain words, once: the glossary shows them, and tooltips of other pages use them (``tip``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vae_core.analysis.reference import IN_USE

# The lecture's colours. KaTeX takes no CSS variables: static/understand/glossary.css lifts these for the dark ground.
PAINTS = {"x": "#b8146a", "encoder": "#6b4fc0", "mean": "#1f7a35", "z": "#b25a00", "decoder": "#00766e"}
PAINTED = {
    "x": "x, a picture", "encoder": "encoder", "mean": "mean, std", "z": "noise, z",
    "decoder": "decoder, what it draws",
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """One term. In a formula, ``@mean{...}`` gives the lecture's colour of the mean."""

    name: str
    words: str
    formula: str = ""
    pages: tuple[str, ...] = ()  # where to try it out
    also: tuple[str, ...] = ()  # keys of related terms
    other: str = ""  # other names, found by the search as well

    @property
    def latex(self) -> str:
        """The formula with colours that KaTeX knows."""
        return re.sub(r"@(\w+)\{", lambda found: rf"\textcolor{{{PAINTS[found[1]]}}}{{", self.formula)


TERMS: dict[str, dict[str, Term]] = {
    "The model": {
        "autoencoder": Term(
            "Classic autoencoder",
            "A network that squeezes a picture into a few numbers and rebuilds it from them. It has no noise and no "
            "penalty: each picture is one point. It copies well. To invent with it, one must first measure where its "
            "codes lie.",
            r"@decoder{\hat{x}} = \mathrm{decoder}(@mean{h}),\quad @mean{h} = \mathrm{encoder}(@x{x})",
            ("autoencoder", "missions"), ("vae", "code"), "AE"),
        "vae": Term(
            "Variational autoencoder",
            "An autoencoder whose encoder gives each picture a bubble instead of a point. Noise picks a point in the "
            "bubble, and a penalty keeps all bubbles close together. As a result, many random codes mean something, "
            "and the model can make up new pictures.",
            r"@x{x} \to @mean{\mathbb{E}(z)}, @mean{\mathbb{V}(z)} \to @z{z} \to @decoder{\hat{x}}",
            ("start", "autoencoder"), ("bubble", "kl", "noise"), "VAE"),
        "encoder": Term(
            "Encoder",
            "The first half of the model. It reads a picture and says where it belongs: a mean and a standard "
            "deviation for each number of the code.",
            r"@encoder{\mathrm{encoder}}: @x{x} \in \mathbb{R}^{784} \mapsto @mean{\mathbb{E}(z)}, "
            r"@mean{\log \mathbb{V}(z)} \in \mathbb{R}^{2d}",
            ("start", "draw"), ("decoder", "mean", "logvar")),
        "decoder": Term(
            "Decoder",
            "The second half of the model. It draws a picture from a code alone. It never sees the picture that the "
            "code came from.",
            r"@decoder{\hat{x}} = @decoder{\mathrm{decoder}}(@z{z}) \in (0, 1)^{784}",
            ("start", "map", "samples"), ("encoder", "sigmoid"), "generator"),
        "reconstruction": Term(
            "Reconstruction",
            "The picture that comes out when one goes in: encoded, then decoded. The closer to the original, the "
            "better.",
            r"@decoder{\hat{x}} \approx @x{x}", ("draw", "train"), ("bce", "mse"), "rebuilt picture, copy"),
        "relu": Term(
            "ReLU",
            "A simple rule between the layers: numbers below zero become zero, all others stay as they are. Without "
            "this bend the whole network could only add up fixed pictures, more or less of each, as PCA does.",
            r"\mathrm{ReLU}(a) = \max(0, a)", (), ("sigmoid",), "rectified linear unit, activation"),
        "sigmoid": Term(
            "Sigmoid",
            "A smooth step that turns any number into one between 0 and 1. The decoder ends with it, so each pixel is "
            "a shade between black and white.",
            r"\sigma(a) = \frac{1}{1 + e^{-a}}", ("loss",), ("relu", "bce"), "logistic function"),
        "hidden": Term(
            "Hidden layer",
            "The layer between the picture and the code, and again between the code and the picture. A wider one can "
            "learn more, but takes longer to train.",
            r"784 \to @encoder{h} \to 2d, \qquad d \to @decoder{h} \to 784", ("train",), ("relu",), "hidden size"),
    },
    "The code": {
        "code": Term(
            "Code",
            "The few numbers that stand for a picture inside the model. Similar pictures get similar codes. "
            "“Latent” means hidden: nobody told the model what the numbers should mean.",
            r"@z{z} \in \mathbb{R}^d", ("map", "morph"), ("z", "latent-dim"), "latent, latent variable"),
        "latent-dim": Term(
            "Latent dimension",
            "How many numbers, or dimensions, a code has. The lecture uses twenty. With two, each code is a place on "
            "a map that fits on the screen.",
            r"d = \dim(@z{z})", ("train", "map", "missions"), ("code", "dead"), "latent size, latent space, d"),
        "mean": Term(
            "Mean",
            "The middle of a picture’s bubble: the encoder’s best guess of where the picture belongs. The map shows "
            "the means.",
            r"@mean{\mathbb{E}(z)} = @mean{\mu}(@x{x})", ("map", "bubbles"), ("std", "bubble"), "mu, expectation"),
        "logvar": Term(
            "Log variance",
            "The form in which the encoder gives the size of a bubble. A logarithm may be any number, even a negative "
            "one, so the network can never give an impossible size.",
            r"@mean{\log \mathbb{V}(z)} = 2 \log @mean{\sigma}", ("noise", "loss"), ("std",), "logvar, variance"),
        "std": Term(
            "Standard deviation",
            "How far numbers typically spread around their mean: about two in three lie within this distance of it. "
            "For a bubble, it is the size in each number of the code. Short: std.",
            r"@mean{\sigma} = \sqrt{@mean{\mathbb{V}(z)}} = e^{@mean{\log \mathbb{V}(z)} / 2}",
            ("bubbles", "noise"), ("bubble", "logvar"), "std, sigma, spread"),
        "bubble": Term(
            "Bubble",
            "The cloud of codes that a picture may get: a mean and a standard deviation. Where two bubbles overlap, "
            "the decoder has to draw a mix.",
            r"@z{z} \sim \mathcal{N}(@mean{\mathbb{E}(z)}, @mean{\mathbb{V}(z)})",
            ("bubbles", "map"), ("mean", "std", "posterior")),
        "overlap": Term(
            "Overlap",
            "How much of the same space two bubbles cover: 0 if they are far apart, 1 if they are the same bubble. "
            "The pages use the Bhattacharyya coefficient, and mark anything above one half.",
            r"\int \sqrt{@mean{q_1}(@z{z})\, @mean{q_2}(@z{z})}\; \mathrm{d}@z{z}",
            ("bubbles",), ("bubble", "posterior"), "Bhattacharyya"),
        "amortisation": Term(
            "Amortisation gap",
            "What a picture’s loss could fall if its bubble chose its own place and size, while the decoder stays as "
            "it is. One encoder serves all pictures, so it gives none of them exactly the best bubble.",
            r"\mathcal{L}(@mean{\mathbb{E}(z)}, @mean{\mathbb{V}(z)}) - \min_{@mean{m}, @mean{v}} "
            r"\mathcal{L}(@mean{m}, @mean{v})",
            ("bubbles", "draw"), ("bubble", "encoder", "elbo"), "amortization, inference gap"),
        "hole": Term(
            "Hole",
            "A place with no picture’s code near it, so the decoder never learned what to draw there. We call a place "
            "a hole when its nearest code is farther away than 99 of 100 codes are from theirs.",
            r"\min_i \lVert @z{z} - @mean{\mathbb{E}(z_i)} \rVert > r_{99\%}",
            ("autoencoder",), ("code", "autoencoder"), "empty space, usual gap"),
        "noise": Term(
            "Noise",
            "Random numbers around zero, mostly between −2 and 2. The dice are rolled again for every picture and "
            "every step, and pick the point inside the bubble.",
            r"@z{\varepsilon} \sim \mathcal{N}(0, I_d)", ("noise", "start"), ("reparameterisation", "z"),
            "eps, epsilon"),
        "reparameterisation": Term(
            "Reparameterisation trick",
            "Roll the dice first, then stretch and shift the result. This is the same as drawing from the bubble. But "
            "now mean and size come in through a sum and a product, so they can learn.",
            r"@z{z} = @mean{\mathbb{E}(z)} + @z{\varepsilon} \odot \sqrt{@mean{\mathbb{V}(z)}}",
            ("noise", "start"), ("noise", "z"), "reparametrization"),
        "z": Term(
            "z",
            "The code that the decoder actually gets: mean plus noise times standard deviation.",
            r"@z{z} = @mean{\mathbb{E}(z)} + @z{\varepsilon} \odot @mean{\sigma}", ("start", "noise"),
            ("reparameterisation", "code"), "sample of the code"),
        "posterior": Term(
            "Posterior",
            "What is known about the code once the picture has been seen: here, its bubble. The encoder only guesses "
            "it, so it is called approximate.",
            r"q(@z{z} \mid @x{x}) = \mathcal{N}(@mean{\mathbb{E}(z)}, @mean{\mathbb{V}(z)})", ("bubbles",),
            ("prior", "bubble"), "q(z|x)"),
        "prior": Term(
            "Prior",
            "What is known about the code before any picture: numbers around zero with standard deviation 1. Samples "
            "are made by drawing from it.",
            r"p(@z{z}) = \mathcal{N}(0, I_d)", ("samples",), ("posterior", "kl"),
            "standard normal, N(0, 1), Gaussian, plain dice, p(z)"),
        "dead": Term(
            "Dead dimension",
            "A number of the code that says almost nothing about the picture. Its bubble is nearly the prior itself, "
            "so "
            f"it costs almost no penalty. We count it as unused below {IN_USE:g} nats.",
            r"@mean{\mathbb{E}(z_j)} \approx 0,\; @mean{\mathbb{V}(z_j)} \approx 1", ("missions", "map", "loss"),
            ("kl", "beta", "collapse"), "unused, in use"),
        "collapse": Term(
            "Posterior collapse",
            "When all numbers of the code are dead. The decoder then draws the same blurred picture for everything. A "
            "large beta, or a large learning rate, can cause it.",
            r"q(@z{z} \mid @x{x}) = p(@z{z}) \text{ for all } @x{x}", ("compare",), ("dead", "beta")),
    },
    "The loss": {
        "loss": Term(
            "Loss",
            "The one number that training makes smaller. It adds the error of the rebuilt picture and the penalty on "
            "the code.",
            r"\mathcal{L}(@x{x}, @decoder{\hat{x}}) = \mathcal{L}_\mathrm{rec}(@x{x}, @decoder{\hat{x}}) "
            r"+ \beta\, \mathcal{L}_\mathrm{KL}(@z{z}, \mathcal{N}(0, I_d))",
            ("loss", "train"), ("bce", "kl", "beta"), "cost, objective"),
        "bce": Term(
            "BCE",
            "Binary cross-entropy: how surprising each pixel is, given how white the decoder said it would be. Being "
            "sure and wrong costs most. The surprise of all 784 pixels is added up. Grey pixels surprise even a "
            "perfect guess: a perfect copy of a test picture of MNIST costs 45.5 nats on average, the unavoidable "
            "cost of grey. Compare what is left above that.",
            r"-\sum_{i=1}^{784} \big( @x{x_i} \log @decoder{\hat{x}_i} "
            r"+ (1 - @x{x_i}) \log(1 - @decoder{\hat{x}_i}) \big)",
            ("loss",), ("mse", "nat", "reconstruction"), "binary cross-entropy"),
        "mse": Term(
            "Squared error",
            "Another way to measure how wrong a rebuilt picture is: the difference of each pixel, squared, added up, "
            "and halved.",
            r"\tfrac{1}{2} \lVert @x{x} - @decoder{\hat{x}} \rVert^2", ("loss",), ("bce",), "MSE, mean squared error"),
        "kl": Term(
            "KL divergence",
            "The penalty: how many nats of information a bubble carries beyond the prior. It pulls means towards zero "
            "and sizes towards one, so that the bubbles together leave fewer holes where the rolls land.",
            r"\mathcal{L}_\mathrm{KL} = \tfrac{1}{2} \sum_{j=1}^{d} \big( @mean{\mathbb{V}(z_j)} - "
            r"\log @mean{\mathbb{V}(z_j)} - 1 + @mean{\mathbb{E}(z_j)}^2 \big)",
            ("loss", "bubbles"), ("prior", "beta", "nat"), "Kullback-Leibler, penalty, relative entropy"),
        "beta": Term(
            "Beta",
            "How much the penalty counts. At 0 it is off, the lecture uses 1, and a large beta makes codes so tidy "
            "that pictures blur.",
            r"\mathcal{L} = \mathcal{L}_\mathrm{rec} + \beta\, \mathcal{L}_\mathrm{KL}",
            ("loss", "missions", "bubbles"), ("kl", "dead"), "beta-VAE"),
        "elbo": Term(
            "ELBO",
            "The evidence lower bound: with beta 1 and BCE, the loss with its sign flipped. On average over the noise "
            "it is a lower limit on how probable the model finds the picture, if grey means a chance of white. A shown "
            "value has one roll of the noise, so it is an estimate.",
            r"\log p(@x{x}) \ge -\mathcal{L}_\mathrm{rec} - \mathcal{L}_\mathrm{KL}", ("loss",), ("loss", "nat"),
            "evidence lower bound, likelihood"),
        "nat": Term(
            "Nat",
            "The unit of all losses here: surprise, counted with the natural logarithm. If something with a chance of "
            "one half happens, that costs 0.69 nats, which is one bit.",
            r"1\ \text{nat} = \tfrac{1}{\ln 2}\ \text{bit} \approx 1.44\ \text{bit}", ("loss",), ("bce", "kl"),
            "bit, information"),
    },
    "Training": {
        "run": Term(
            "Run",
            "One training with its settings and all that is kept of it: a folder with the curves, the weights and the "
            "means of every epoch. What a run has learned is its model.",
            "", ("runs", "train", "compare"), ("epoch", "seed"), "training"),
        "epoch": Term("Epoch", "One round through all training pictures.", "", ("train",), ("batch",)),
        "batch": Term(
            "Batch",
            "The group of pictures that the model looks at before each learning step. MNIST in batches of 256 makes "
            "235 steps per epoch.",
            r"\lceil 60\,000 / 256 \rceil = 235", ("train",), ("epoch", "learning-rate"), "mini-batch, batch size"),
        "gradient": Term(
            "Gradient",
            "For each weight of the network: would the loss rise or fall if it were a little larger, and how fast? "
            "Learning steps the other way, downhill.",
            r"\theta \leftarrow \theta - \eta\, \nabla_\theta \mathcal{L}", ("bubbles", "noise"),
            ("learning-rate", "adam"), "slope, backpropagation"),
        "learning-rate": Term(
            "Learning rate",
            "How far each learning step moves the weights. Too small, and learning is slow; too large, and the loss "
            "jumps around or training breaks.",
            r"\eta = 10^{-3}", ("train",), ("adam", "gradient"), "step size"),
        "adam": Term(
            "Adam",
            "The rule that turns gradients into steps. It keeps a running average of the gradient and of its square, "
            "and gives each weight a step size of its own.",
            r"\theta \leftarrow \theta - \eta\, \hat{m} \,/\, (\sqrt{\hat{v}} + \epsilon)", ("train",),
            ("learning-rate", "gradient"), "optimizer, optimiser"),
        "seed": Term(
            "Random seed",
            "The number that all random numbers start from. The same seed gives the same rolls of the dice, so a "
            "training can be repeated to the last bit on the same machine.",
            "", ("train", "samples"), ("noise",), "random state"),
        "test": Term(
            "Test picture",
            "A picture that the model never learns from. What the model does with it shows what it has really "
            "learned, and not just memorised.",
            "", ("train",), ("overfitting",), "test set, held out"),
        "overfitting": Term(
            "Overfitting",
            "Learning the training pictures by heart. The sign: the training loss keeps falling while the test loss "
            "stays or rises.",
            r"\mathcal{L}_\mathrm{train} \ll \mathcal{L}_\mathrm{test}", ("train",), ("test",), "memorising"),
        "class": Term(
            "Class",
            "Pictures that show the same thing, such as all pictures of a 3. The model is never told the class of a "
            "picture; the pages use it for colours and names.",
            "", ("pictures", "map"), ("own-set",), "label, category"),
        "own-set": Term(
            "Own set",
            "Pictures that you drew, took with the camera or added as files. A training keeps the set as it was when "
            "you pressed Train, so you can change it at any time.",
            "", ("pictures",), ("class", "variation", "test"), "dataset, own pictures, photos"),
        "variation": Term(
            "Variation",
            "Copies of a training picture that are moved, turned or zoomed a little. With few pictures they keep the "
            "model from learning each one by heart.",
            "", ("pictures",), ("own-set", "overfitting"), "augmentation"),
        "mnist": Term(
            "MNIST",
            "70,000 handwritten digits, 28 by 28 pixels each: 60,000 to learn from and 10,000 to test. 5,000 of the "
            "60,000 are always here: a training needs no network. The models in the gallery learned from the other "
            "55,000, and these 5,000 test them. Fashion-MNIST and KMNIST have clothes and Japanese letters in the same "
            "format.",
            r"@x{x} \in [0, 1]^{784}", ("train",), ("test",), "dataset, digits"),
    },
    "Looking at it": {
        "sampling": Term(
            "Sampling",
            "Making new pictures: draw a code from the prior, and decode it. No picture goes in. What comes out is a "
            "sample.",
            r"@z{z} \sim \mathcal{N}(0, I_d), \quad @decoder{\hat{x}} = \mathrm{decoder}(@z{z})",
            ("samples",), ("prior", "decoder"), "sample, generate, invent"),
        "morph": Term(
            "Morph",
            "A walk from one code to another in small steps, each decoded. Also called interpolation.",
            r"@z{z_t} = (1 - t)\, @z{z_0} + t\, @z{z_1}, \quad 0 \le t \le 1", ("morph",), ("code", "manifold"),
            "interpolation"),
        "traversal": Term(
            "Traversal",
            "Turn one number of a code like a knob, and leave the others as they are. It shows what that number "
            "stands for.",
            r"@z{z} + a\, e_j", ("samples",), ("latent-dim",), "knob"),
        "manifold": Term(
            "Manifold",
            "Most ways to fill 784 pixels give nothing but static. Those that show digits lie on a thin, curved sheet "
            "among them. The code is a map of that sheet.",
            r"\{\, @decoder{\mathrm{decoder}}(@z{z}) : @z{z} \in \mathbb{R}^d \,\} \subset [0, 1]^{784}",
            ("map", "morph"), ("code", "morph")),
        "pca": Term(
            "PCA",
            "Principal component analysis: the flat view of many numbers that shows the most of their variance (the "
            "square of the standard deviation). Nothing is bent, as in a shadow, but classes may overlap.",
            r"\max_{\lVert w \rVert = 1} \mathrm{Var}(w^\top @mean{\mathbb{E}(z)})", ("map",), ("umap", "tsne"),
            "principal components, projection"),
        "umap": Term(
            "UMAP",
            "A bent map: it keeps neighbours together and gives up the rest. Groups become clear, but the distance "
            "between them means little.",
            "", ("map",), ("tsne", "trustworthiness")),
        "tsne": Term(
            "t-SNE",
            "Another bent map. It turns distances into chances of being neighbours, and places the dots so that the "
            "chances stay about the same.",
            "", ("map",), ("umap", "trustworthiness"), "TSNE"),
        "trustworthiness": Term(
            "Trustworthiness",
            "How far you can trust a flat map: 1 if all neighbours on it are also neighbours in all numbers of the "
            "code, and less for each one that is not.",
            r"1 - \frac{2}{nk(2n - 3k - 1)} \sum_{i} \sum_{j \in U_i} (r(i, j) - k)", ("map",), ("umap", "tsne")),
    },
}  # fmt: skip
ALL = {key: term for part in TERMS.values() for key, term in part.items()}


def tip(key: str) -> str:
    """The words of a term, for the ``help=`` of a widget."""
    return f"**{ALL[key].name}.** {ALL[key].words}"


def tips(*keys: str, before: str = "") -> str:
    """Several terms for one ``help=``, a paragraph each, after ``before``, which is about the widget itself."""
    return "\n\n".join([before] * bool(before) + [tip(key) for key in keys])


def index(terms: Mapping[str, Mapping[str, Term]]) -> dict[str, list[str]]:
    """The keys of some terms, by part, in alphabetical order under their first letters."""
    shown = {key: term.name for part in terms.values() for key, term in part.items()}
    letters: dict[str, list[str]] = {}
    for key in sorted(shown, key=lambda each: shown[each].casefold()):
        letters.setdefault(shown[key][0].upper(), []).append(key)
    return letters


def search(text: str) -> dict[str, dict[str, Term]]:
    """The terms, by part, whose names or words have all words of a text in them; all of them for none."""
    asked = text.casefold().split()

    def fits(term: Term) -> bool:
        where = f"{term.name} {term.other} {term.words}".casefold()
        return all(word in where for word in asked)

    kept = {part: {key: term for key, term in terms.items() if fits(term)} for part, terms in TERMS.items()}
    return {part: terms for part, terms in kept.items() if terms}
