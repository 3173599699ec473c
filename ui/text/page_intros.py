"""Words that stand on many pages: what one is looking at, in three sentences, and then more."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st


class Intro(NamedTuple):
    """What a page shows, for the pages that one works on."""

    sentences: str  # three, which everybody may read
    more: str  # for who asks on


def looking_at(sentences: str, more: str) -> None:
    """“What am I looking at?”: about three sentences that everybody reads, and ``more`` for who asks on (markdown)."""
    with st.container(gap="small"):
        st.markdown(f"**What am I looking at?** {sentences}")
        with st.expander("More", icon=":material/help:"):
            st.markdown(more)


def about(intro: Intro) -> None:
    """“What am I looking at?” of a page one works on: in one line, to be opened."""
    with st.expander("What am I looking at?", icon=":material/help:"):
        st.markdown(intro.sentences)
        st.markdown(f"**More.** {intro.more}")
        st.page_link("pages/glossary.py", label="All words: the glossary", icon=":material/menu_book:")


START = Intro(
    "A handwritten digit goes in on the left. The **encoder** turns it into a bubble on the map, and dice pick a "
    "point in it. From that point alone the **decoder** draws the picture on the right.",
    "The dots are test pictures, coloured by their digit. This model has only two numbers for a picture, so what "
    "it draws is blurred, and a 3 may come out as an 8; the lecture’s has twenty. Move over the map, or use the "
    "arrow keys there, and see any place of it drawn.",
)
TRAIN = Intro(
    "The curves show what training makes smaller: the error of rebuilt pictures, and the penalty on the codes. "
    "Lines are measured while it learns; circles on test pictures after each epoch. Below are the same test "
    "pictures again and again, as the model rebuilds them, and pictures that it invents.",
    "All losses are in **nats per picture**. They start at some 550, since an untrained network draws grey haze. "
    "The reconstruction falls fast at first; the KL **rises**, because a code that says something costs "
    "something. *Is this normal?* compares the numbers with those of our own runs.",
)
MAP = Intro(
    "Each dot is a test picture, and its colour is its kind. It stands where the encoder puts its **mean**. Dots "
    "that are near each other are pictures that the model finds alike.",
    "The model never learns what kind a picture is; colours are only for us. A code of 20 numbers does not fit "
    "on a screen, so the map is a shadow of it: *PCA* shows the directions in which codes differ most, *UMAP* "
    "and *t-SNE* keep neighbours together and bend the rest. The bars show how much each number of the code says.",
)
SAMPLES = Intro(
    "These pictures show no digit that anybody wrote. Random numbers went into the **decoder**, and it drew what "
    "they mean. The same dice are used at every epoch, so you see one and the same code become clear.",
    "It works because the **penalty** pulled the codes of all real pictures to where the dice fall: around zero, "
    "with standard deviation 1. A blurred picture is a place between kinds. With no penalty, or in a classic "
    "autoencoder, dice often fall where no picture ever was.",
)
MORPH = Intro(
    "Two real pictures became two codes. Between them we walk in small, even steps, and the **decoder** draws "
    "each one. Compare it with mere mixing of pixels: there, two pictures lie upon each other.",
    "A good walk shows a digit at every step, also half-way. In a VAE it mostly does, because bubbles fill the "
    "space between the codes. The straight way is the lecture’s; the round way keeps to the distance from the "
    "centre at which most codes live.",
)
DRAW = Intro(
    "Your drawing is centred and made small, as the pictures of MNIST are. The **encoder** turns it into a code, "
    "and the **decoder** draws it again from that alone. What comes out is what the model understood.",
    "Strange things come out as the nearest thing that it knows: draw a face, and see. The bubble is how sure the "
    "encoder is; pictures from inside of it should all look like yours. The loss says how unusual your drawing "
    "is, next to test pictures.",
)
COMPARE = Intro(
    "Two models get the same work. Curves show their error on test pictures, whole for A and dashed for B. Below, "
    "both rebuild the same pictures and invent from the same dice.",
    "What differs comes from their settings, or from chance if these are the same. Beware of the total loss when "
    "beta differs: each model counts the penalty in its own way, so compare reconstruction and KL.",
)
RUNS = Intro(
    "Each box is a **run**: one training with its settings, from the first step to the last. Your own come first. "
    "The gallery’s were trained by us, so that there is something to look at.",
    "A run is a folder on the disk, and nothing else. It lives on when you close the page. The line below the "
    "name tells how far it came, its error on test pictures, and how many numbers of the code it uses.",
)
MISSIONS = Intro(
    "Each mission asks what a model does. You commit to an answer, then see what real models did. What is right "
    "was not written down by us: it is measured when you look.",
    "The models are those of the gallery. A guess on a slider counts as right if it is near. Your first answer "
    "counts; the address of the page keeps all of them, so a reload loses nothing.",
)
