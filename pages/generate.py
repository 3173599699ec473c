"""Samples: throw dice, and let the decoder draw what they say."""

import streamlit as st

from ui import films, picker
from ui.components import epoch_slider, image_rows
from ui.guard import through_app

through_app()

picker.head(
    "Invented pictures",
    "No picture goes in here. We throw dice for the code **z**, and the **decoder** draws what it means. "
    "The dice stay the same while you move through the epochs.",
)
run = picker.pick_run(default="lecture")
epochs = picker.film(run)


def throw() -> None:
    st.session_state["seed_of_samples"] = st.session_state.get("seed_of_samples", 0) + 1


many, spread, again = st.columns([2, 2, 1], vertical_alignment="bottom")
count = many.select_slider("How many", [16, 36, 64, 100], value=64, key="count", bind="query-params")
width = spread.slider(
    "How far from the centre", 0.0, 2.0, 1.0, 0.1, key="spread", bind="query-params",
    help="1 is what the model was trained for. Near 0, all dice say the same; at 2 they say things it never heard.",
)  # fmt: skip
again.button("New dice", key="new_samples", icon=":material/casino:", on_click=throw, width="stretch")

epoch_slider(run.id, epochs)
row = films.sample_row(
    run, epochs, count, st.session_state.get("seed_of_samples", 0), spread=width, columns=int(count**0.5)
)
grid, words = st.columns([3, 2])
with grid:
    image_rows("sampling_grid", run.id, epochs, [row])
with words:
    if run.config.is_vae:
        st.markdown(
            f"Each picture comes from {run.config.latent_dim} random number(s) around zero, mostly between −2 and 2. "
            "During training the **KL penalty** pulled the codes of all pictures to that same place, so random codes "
            "land where the decoder knows its way."
        )
        if run.config.beta < 1:
            st.markdown(
                f"This model had {'no' if run.config.beta == 0 else 'little'} penalty (beta {run.config.beta:g}). "
                "Its codes lie somewhere else, so random ones often mean nothing."
            )
    else:
        st.markdown(
            "A classic autoencoder has no rule for where codes should lie. We draw random codes with the same centre "
            "and spread as its real ones, which is the best one can do. Many fall into gaps that it never learned."
        )
