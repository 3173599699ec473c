"""What a visitor is looking at on each page: about three sentences, and then more."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st


class Intro(NamedTuple):
    """What a page shows, for pages where the visitor does something."""

    sentences: str  # about three, for everybody
    more: str  # for those who want to know more


def looking_at(sentences: str, more: str) -> None:
    """“What am I looking at?”: about three sentences, always open, and ``more`` to be opened (markdown)."""
    with st.container(gap="small"):
        st.markdown(f"**What am I looking at?** {sentences}")
        with st.expander("More", icon=":material/help:"):
            st.markdown(more)


def about(intro: Intro) -> None:
    """“What am I looking at?” on a page where the visitor does something: one line, to be opened."""
    with st.expander("What am I looking at?", icon=":material/help:"):
        st.markdown(intro.sentences)
        st.markdown(f"**More.** {intro.more}")
        st.page_link("pages/glossary.py", label="All words: the glossary", icon=":material/menu_book:")


START = Intro(
    "A handwritten digit goes in on the left. The **encoder** turns it into a bubble on the map, and a roll of the "
    "dice picks a point in it. From that point alone the **decoder** draws the picture on the right.",
    "The dots are test pictures, which the model never trained on, coloured by their digit. This model has only two "
    "numbers for a picture, so what it draws is blurred, and a 3 may come out as an 8; the lecture’s model has "
    "twenty. Move over the map, or use the arrow keys there, to see any place of it drawn.",
)
TRAIN = Intro(
    "The curves show what training makes smaller: the error of rebuilt pictures, and the penalty on the codes. Lines "
    "are measured during training; circles after each epoch, on test pictures, which it never trains on. Below are "
    "some test pictures as the model rebuilds them, and samples: pictures that it makes up.",
    "All losses are in **nats per picture**, a unit of surprise. They start at about 550, since an untrained network "
    "draws grey haze. The reconstruction falls fast at first; the KL **rises**, because a code that says something "
    "costs something. *Is this normal?* compares the numbers with those of our own runs.",
)
PICTURES = Intro(
    "Here you make a set of your own pictures. All of them are made equally large, and what you see in the grid is "
    "what the network will get. **Train** freezes the set as it is now: you can change it later, and that training "
    "keeps the pictures that it was made with.",
    "Of each picture only the pixels are kept, 64 by 64 of them: no place, no date and no name of a camera. One "
    "picture in ten is held back as a test picture. Small sets are varied: each picture is moved, turned and zoomed a "
    "little, so that the model cannot just learn them by heart. Pictures that are nearly empty or there twice are "
    "marked, since they teach nothing new.",
)
MAP = Intro(
    "Each dot is a test picture, and its colour is its class. It stands where the encoder puts its **mean**. Dots "
    "that are close together are pictures that look alike to the model.",
    "The model never learns which class a picture belongs to; the colours are only for us. A code of 20 numbers does "
    "not fit on a screen, so the map is a shadow of it: *PCA* shows the directions in which codes differ most; *UMAP* "
    "and *t-SNE* keep neighbours together and bend the rest. The bars show how much each number of the code says.",
)
SAMPLES = Intro(
    "Nobody drew these pictures. Random numbers went into the **decoder**, and it drew what they mean. The same rolls "
    "of the dice are used at every epoch, so you can watch one code become clear.",
    "It works because the **penalty** pulled the codes of all real pictures to where the rolls land: around zero, "
    "with standard deviation 1. A blurred picture lies between classes. With no penalty, or in a classic autoencoder, "
    "many rolls land where no picture ever was.",
)
MORPH = Intro(
    "Two real pictures became two codes. We walk from one to the other in small, even steps, and the **decoder** "
    "draws each one. Compare this with mixing the pixels, which only lays one picture over the other.",
    "A good walk shows something clear at every step, even halfway: of digits, a digit. In a VAE it mostly does, "
    "because bubbles fill the space between the codes. The straight path is the lecture’s; the spherical path keeps to "
    "the distance from the centre at which most codes lie.",
)
DRAW = Intro(
    "Your drawing is centred and scaled down, like the handwritten digits of MNIST. The **encoder** turns it into a "
    "code, and the **decoder** redraws it from that alone. What comes out is all that the code could hold.",
    "Anything strange comes out as the closest thing that it knows: draw a face, and see. The bubble shows how sure "
    "the encoder is; pictures from inside it should all look like yours. The loss says how unusual your drawing is, "
    "compared with test pictures.",
)
COMPARE = Intro(
    "Two models get the same tasks. The curves show their error on test pictures, solid for A and dashed for B. "
    "Below, both rebuild the same pictures and draw samples from the same rolls of the dice.",
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
    "down the right answers: they are measured when you look.",
    "The models are those of the gallery. A guess on a slider counts as right if it is close. Only your first answer "
    "counts; the address of the page keeps all of them, so a reload loses nothing.",
)
