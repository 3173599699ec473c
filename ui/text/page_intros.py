"""What a visitor is looking at on each page: about three sentences, and then more."""

from __future__ import annotations

from typing import NamedTuple


class Intro(NamedTuple):
    """What a page shows, for pages where the visitor does something."""

    sentences: str  # about three, for everybody
    more: str  # for those who want to know more


START = Intro(
    "Every place on this plane is two numbers, and each small picture is what the **decoder** draws from the two "
    "numbers of its place. Choose a digit, or draw one: the **encoder** makes a bubble of it somewhere on the plane, "
    "a roll of the dice picks a point in the bubble, and from that point alone the decoder draws a picture again.",
    "The dots are test pictures, which the model never trained on, coloured by their digit. Point anywhere, or use "
    "the arrow keys on the plane, to see a place drawn large; a click chooses its numbers by hand. This model has only "
    "two numbers for a picture, so what it draws is blurred, and a 3 may come out as an 8; the lecture’s model has "
    "twenty. **Play** shows the same plane after each kept epoch of its training.",
)
LECTURE = Intro(
    "This is the lecture on VAEs in ten scenes, with one digit all the way. Scroll, or press an arrow key: each "
    "sentence lights up its part of the formula, and the picture moves with it. Each scene ends in a door to the page "
    "where you can try it with your own hands.",
    "All pictures and numbers are measured on models of the gallery that have two numbers for a picture, so that they "
    "fit on a screen. Below each scene you see what was measured, and on which model. What the decoder draws is "
    "computed in your browser. **Colours** mean the same everywhere: a picture is pink, the encoder lavender, a mean "
    "green, a code orange, the decoder aqua. If your system asks for less motion, nothing moves by itself.",
)
CLASSROOM = Intro(
    "A room for a class. The teacher opens it and gets a code of four letters; pupils join with it on their phones, "
    "without an account. The teacher can let all phones follow, or the class looks around freely.",
    "The page on the projector shows how to come in, what the room does and who is there. A thin line on every page "
    "says in which room you are. Press **P** for **presenter mode**: no menus and larger type. A second device of the "
    "teacher’s joins with a long code, under *Use a second device*. Rooms live for a day at most.",
)
TRAIN = Intro(
    "While it trains you see test pictures, which it never trains on, as the model rebuilds them; samples, which it "
    "makes up; and a map of where test pictures go. The curves show what training makes smaller: the error of rebuilt "
    "pictures, and the penalty on the codes. Lines are measured during training; circles after each epoch, on test "
    "pictures.",
    "All losses are in **nats per picture**, a unit of surprise. They start at about 550, since an untrained network "
    "draws grey haze. The reconstruction falls fast at first; the KL **rises** from almost nothing, because a code "
    "that says something costs something. *Is this normal?* compares the numbers with those of our own runs.",
)
PICTURES = Intro(
    "Here you make a set of your own pictures. All of them are made the same size, and what you see in the grid is "
    "what the network will get. **Train** freezes the set as it is now: you can change it later, and that training "
    "keeps the pictures that it was made with.",
    "Of each picture only the pixels are kept, 64 by 64 of them: no place, no date and no name of a camera. One "
    "picture in ten is held back as a test picture. Small sets are varied: each picture is moved, turned and zoomed a "
    "little, so that the model cannot just learn them by heart. Pictures that are nearly empty or appear twice are "
    "marked, since they teach nothing new.",
)
MAP = Intro(
    "Each dot is a test picture, and its colour is its class. It stands where the encoder puts its **mean**. Dots "
    "that are close together are pictures that look alike to the model.",
    "The model never learns which class a picture belongs to; the colours are only for us. A code of 20 numbers does "
    "not fit on a screen, so the map is a shadow of it: *PCA* shows the two directions in which codes differ most; "
    "*3D* shows three, which you can turn; *UMAP* and *t-SNE* keep neighbours together and bend the rest. The bars "
    "show how much each number of the code says.",
)
LESSON = Intro(
    "This is a lesson for school, ready to be given: what you say, what pupils do, and what they usually think. Each "
    "button opens the app in a new tab, in just the state that the step needs. The worksheet and its answers are for "
    "printing.",
    "What is said of the models was measured, and is held against the data whenever this app is tested. The lesson "
    "follows one rule: predict first, then look, then say why. A wrong guess is welcome, because people remember it.",
)
SAMPLES = Intro(
    "Nobody drew these pictures. Random numbers went into the **decoder**, and it drew what they mean. The same rolls "
    "of the dice are used at every epoch, so you can watch one code become clear.",
    "It works because the **penalty** pulled the codes of all real pictures to where the rolls land: around zero, "
    "with standard deviation 1. A blurred picture often lies between classes. With no penalty, codes lie far wider "
    "than the rolls reach. All rolls then land in the middle, and the decoder draws mixtures. A classic autoencoder "
    "has no such rule at all: its dice must first be shaped like its codes.",
)
MORPH = Intro(
    "Two real pictures became two codes. We walk from one to the other in small, even steps, and the **decoder** "
    "draws each one. Compare this with mixing the pixels, which only lays one picture over the other.",
    "A good walk shows something clear at every step, even halfway: of digits, a digit. Mostly it does. On the "
    "straight path, which is the lecture’s, the classic autoencoder does about as well as the VAE. The spherical path "
    "keeps to the distance from the centre at which most codes lie. With twenty numbers, the VAE’s halfway pictures "
    "are clearer there, and the classic model’s are not.",
)
DRAW = Intro(
    "Your drawing is centred and scaled down, like the handwritten digits of MNIST. The **encoder** turns it into a "
    "code, and the **decoder** redraws it from that alone. What comes out is all that the code could hold.",
    "Anything strange comes out as the closest thing that it knows: draw a face, or drop a photo, and see. "
    "The bubble shows how sure the encoder is; pictures from inside it should all look like yours. The loss says how "
    "costly yours is to describe, compared with test pictures that have as much grey.",
)
COMPARE = Intro(
    "Two models get the same tasks. Each map shows where a model puts the same test pictures: point at one, and it "
    "lights up on both. Below, both rebuild the same pictures and draw samples from the same rolls of the dice. The "
    "curves show their error on test pictures, solid for A and dashed for B.",
    "Any difference comes from their settings, or from chance if these are the same. Beware of the total loss when "
    "beta differs: each model counts the penalty in its own way, so compare reconstruction and KL instead.",
)
RUNS = Intro(
    "Each box is a **run**: one training with its settings and all that is kept of it. What it learned is its "
    "**model**. Your own runs come first. We trained those of the gallery, so that there is something to look at.",
    "A run is just a folder on the disk, so it stays when you close the page. The line below the name tells how far "
    "it got, its error on test pictures, and how many numbers of the code it uses.",
)
MISSIONS = Intro(
    "Each mission asks what a model does. You commit to an answer, then see what real models did. We did not write "
    "down the right answers: they are measured on these models.",
    "The models are those of the gallery. A guess on a slider counts as right if it is close. Only your first answer "
    "counts; the address of the page keeps all of them, so a reload loses nothing.",
)
AUTOENCODER = Intro(
    "First, a hundred new pictures by each, from the same rolls of the dice. Below, each map holds the **codes** of "
    "2,000 test pictures: two numbers each, so that a map fits on your screen. Drag the orange ring, and the "
    "**decoder** draws what it finds there. Where no picture’s code is near, it never learned what to draw: that is a "
    "*hole*.",
    "The thin line leads to the nearest code of a real picture. Its length is given in *usual gaps*: the median "
    "distance from a code to its nearest neighbour. “In a hole” means farther away than 99 of 100 codes are from "
    "their neighbour; “between pictures” means farther than 90 of 100. The button goes to the hole whose picture is "
    "least like any that is decoded from a real code, and stays well inside the cloud of codes. The rolls of the dice "
    "are 100 draws from N(0, 1), where the VAE was told to keep its codes. All learned from MNIST with seed 1: those "
    "of the hundred with one hidden layer of 400 for 10 epochs, those of the maps with two layers for 20. Classic and "
    "VAE differ in two things only: the VAE adds noise to its codes, and pays a penalty (KL) for codes that leave "
    "N(0, 1).",
)
BUBBLES = Intro(
    "Four models learned the same digits with two numbers each; only **beta**, the weight of the penalty, differs. "
    "Each bubble is a test picture, coloured by its digit. Move **beta**: without a penalty the bubbles shrink and fly "
    "apart, with a large one they grow into each other. Click two that overlap, and the decoder has to draw both.",
    "**The bubbles** are two standard deviations wide. Each model was measured where the slider has a number. Between "
    "two numbers every bubble glides straight from its place in one model to its place in the next: that is a picture "
    "of the change, not a measurement.\n\n"
    "**Overlap** is the Bhattacharyya coefficient, ∫√(p·q): 0 for bubbles that are apart, 1 for the same bubble. A "
    "bubble counts as overlapping if its overlap with some shown bubble of *another* digit is above one half. What is "
    "decoded *between* two bubbles is the place where their product is largest.\n\n"
    "**The arrows** are real gradients: of the reconstruction term (averaged over 64 rolls of the noise) and of beta "
    "· KL, with respect to the mean, in nats per unit of the map, flipped so that they point downhill. For the "
    "penalty this is simply beta · mean. Eight times the force makes an arrow twice as long. The forces on the size "
    "are the same for the log variance, both numbers of a bubble added: the picture shrinks it, the penalty swells it. "
    "Two pictures of each digit get arrows on the canvas, and the two that are picked; below, three of each digit "
    "do.\n\n"
    "**All together** mixes the bubbles of 2,000 test pictures in equal parts: the lecture’s *bubble of bubbles*. With "
    "two numbers you see whether the rolls of the dice find pictures everywhere. With twenty, nobody can: centre and "
    "spread may fit N(0, 1) well, and yet many rolls miss the codes.\n\n"
    "Twelve pictures of each digit are shown. The canvas shows the last epoch.",
)
NOISE = Intro(
    "The graph is one step of training for one picture. Numbers flow forward to the loss as dots; the gradient flows "
    "back as diamonds. **Drawn inside**, it stops at the dice. With **the trick** it flows around them, to mean and "
    "std. Below, roll the dice yourself, drag the green ring, and watch all draws follow.",
    "**The diamonds** are as large as the measured gradient: four times the gradient, twice as wide. It is that of the "
    "reconstruction term, in nats for each unit of what it flows to. The small picture at the loss is its gradient at "
    "each pixel: pink where the decoder drew too dark, aqua where too bright. The noise gets a gradient too, but dice "
    "learn nothing. The penalty’s own gradient is left out; it reaches mean and std without passing through z.\n\n"
    "The solid ring is one standard deviation, the dashed one two: in two dimensions 39 of 100 draws fall into the "
    "first and 86 into the second. The rolls are 200 pairs of numbers from N(0, 1), drawn once, so that they stay the "
    "same while you move the bubble.\n\n"
    "**The gradient** says how to move the mean so that the error of the rebuilt picture falls. *With the trick*, one "
    "roll of the dice gives the slope of the error at z, and the mean inherits it (Kingma & Welling 2014). *Without* "
    "it, you only know how large the error was: you roll, and move towards rolls that went well, error × noise / std "
    "(the score function, or REINFORCE: Williams 1992). Both are right on average. The *helper* subtracts the average "
    "error of the other rolls first, which is the usual remedy.\n\n"
    "The rolls of part 4 belong to the model’s own bubble, measured when the gallery was made; dragging the mean "
    "above does not change them.",
)
LOSS = Intro(
    "Seven small experiments, from a single pixel to whole models. Move the sliders, or drag in the charts. "
    "All numbers are in **nats**, the unit of surprise: a guess of 50% for something that happens costs 0.69.",
    "A nat is the natural unit of information: an event that was given the probability p costs −log p, so 0.69 for one "
    "half, 2.3 for a tenth, 4.6 for a hundredth. The loss of a picture adds up its pixels; that of a model is the "
    "average over pictures. **BCE** (binary cross-entropy) is −x log g − (1 − x) log(1 − g) for a pixel x and a guess "
    "g. **Squared error** is ½ (x − g)². **KL** is ½ (v − log v − 1 + mean²), added up over the numbers of a code.",
)
