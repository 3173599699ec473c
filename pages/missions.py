"""Missions: commit to an answer, then see what the runs really did."""

import streamlit as st

from ui.components.bridge import address as name_in_address
from ui.shell import browser_input, url_state
from ui.shell.errors import one_sentence
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.text import glossary
from ui.understand import missions, picture_findings
from ui.understand.findings import Seen
from ui.understand.missions import MISSIONS, Mission
from vae_core import paths

through_app()

st.html(paths.ROOT / "static" / "understand" / "missions.css")
page_bar(
    "missions",
    "**Predict, then look.** Say what you think a model does. Then see what real ones did, and why. "
    "A wrong guess teaches more than a right one.",
)
answers = missions.answers_so_far()


def chip(name: str) -> str:
    if name not in answers:
        return MISSIONS[name].name
    with one_sentence():
        right = MISSIONS[name].is_right(answers[name], missions.right(name))
        return f"{MISSIONS[name].name} :material/{'check' if right else 'close'}:"
    return MISSIONS[name].name


def tally() -> None:
    left = len(MISSIONS) - len(answers)
    with one_sentence():
        right = sum(MISSIONS[name].is_right(answer, missions.right(name)) for name, answer in answers.items())
        words = f"**{right} of {len(answers)} right** so far, and {left} left." if answers else f"{left} missions."
        st.markdown(words if left else f"**All done: {right} of {len(answers)} right.**")
    if not left:
        st.button("Start over", key="start_over", icon=":material/replay:", on_click=missions.forget)


def ask(name: str, mission: Mission) -> None:
    key = f"guess_{name}" if mission.guess else f"answer_{name}"
    answer: int | None
    if mission.pictures:
        answer = picture_findings.ask(key, mission.pictures, str(paths.GALLERY))
    elif mission.guess:
        g = mission.guess
        answer = st.slider(g.label, g.low, g.high, (g.low + g.high) // (2 * g.step) * g.step, g.step, key=key)
    else:
        answer = st.radio(
            "Your answer", range(len(mission.answers)), index=None, format_func=mission.answers.__getitem__, key=key
        )
    st.button(
        "Look", key="commit_mission", type="primary", icon=":material/visibility:", disabled=answer is None,
        on_click=missions.commit, args=(name, key),
    )  # fmt: skip


def tell(mission: Mission, answer: int, seen: Seen) -> None:
    mine, true = mission.in_words(answer), mission.in_words(seen.right)
    if mission.guess and mission.is_right(answer, seen.right):
        st.success(f"**Right**, or near enough. You said {mine}; it is **{true}**.", icon=":material/check:")
    elif mission.guess:
        st.error(f"**Not quite.** You said {mine}; it is **{true}**.", icon=":material/close:")
    elif mission.is_right(answer, seen.right):
        st.success(f"**Right.** {true}.", icon=":material/check:")
    else:
        st.error(f"**Not quite.** You said: {mine}. What we see: **{true}**.", icon=":material/close:")
    st.markdown(
        f"**What we measured.** {seen.sentence}", help=glossary.tip("nat") if " nats" in seen.sentence else None
    )
    missions.draw(seen)
    if mission.explained(seen):
        st.markdown(f"**Why?** {mission.why}")


tally()
st.pills("Mission", list(MISSIONS), format_func=chip, required=True, label_visibility="collapsed", **url_state.widget(
    "mission", list(MISSIONS), next((name for name in MISSIONS if name not in answers), next(iter(MISSIONS)))
))  # fmt: skip
chosen = browser_input.word(browser_input.in_widget("mission"), MISSIONS) or next(iter(MISSIONS))
mission = MISSIONS[chosen]
with st.container(border=True, key="mission_box"), one_sentence():
    st.markdown(f"#### {mission.name}")
    st.markdown(mission.question)
    if chosen not in answers:
        ask(chosen, mission)
    else:
        tell(mission, answers[chosen], mission.look())
        with st.container(horizontal=True, vertical_alignment="center"):
            page, label = mission.then
            onward = next((name for name in MISSIONS if name not in answers), None)
            if onward:
                st.button(
                    "Next mission", key="next_mission", type="primary", icon=":material/arrow_forward:",
                    on_click=url_state.choose, args=("mission", onward),
                )  # fmt: skip
            st.page_link(f"pages/{page}.py", label=label, icon=":material/touch_app:", query_params=mission.params)
name_in_address(mission=chosen, done=missions.written(answers) or "-")
