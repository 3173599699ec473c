"""Missions: commit to an answer, then see what the runs really did."""

import streamlit as st

from ui.components.bridge import address as name_in_address
from ui.shell import browser_input, url_state
from ui.shell.errors import one_sentence
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.understand import mission_views, missions, others
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
    answer = mission_views.choose(key, mission)
    st.button(
        "Look", key="commit_mission", type="primary", icon=":material/visibility:", disabled=answer is None,
        on_click=missions.commit, args=(name, key),
    )  # fmt: skip


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
        seen = mission_views.seen(chosen)
        mission_views.tell(mission, answers[chosen], seen)
        others.others(chosen, mission, answers[chosen], seen.right)
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
