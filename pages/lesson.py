"""A lesson: 45 minutes, minute by minute, with links into the app, and two sheets to print."""

import streamlit as st

from ui.lesson import document, plan, sheets
from ui.shell import browser_input, pages
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app

through_app()

server = f"{browser_input.page_address().rsplit('/', 1)[0]}/"
page_bar(
    "lesson",
    f"For a class of 14 and older, without code: {plan.MINUTES} minutes in which pupils predict, look and say why.",
)
with st.container(horizontal=True, vertical_alignment="center"):
    for name, label, make in (
        ("worksheet", "Worksheet", sheets.worksheet), ("answers", "Answers for the teacher", sheets.answers),
    ):  # fmt: skip
        st.download_button(
            label, make, f"latent-lab-{name}.html", "text/html", key=f"lesson_{name}", icon=":material/print:",
            on_click="ignore", help="A web page that opens without this app. Printed, it is one sheet, A4 or Letter.",
        )  # fmt: skip
    st.download_button(
        "This page as text", lambda: document.text(server), "latent-lab-lesson.md", "text/markdown", key="lesson_text",
        icon=":material/description:", on_click="ignore",
    )  # fmt: skip
    st.page_link("pages/classroom.py", label="Open a room", icon=":material/groups:")
for column, (title, items) in zip(
    st.columns(3, gap="medium"),
    (("After it, pupils can", plan.AIMS), ("You need", plan.NEEDS), ("Before the lesson", plan.BEFORE)),
    strict=True,
):
    column.markdown("\n".join([f"**{title}**", "", *document.bullets(items)]))

for k, (step, start) in enumerate(zip(plan.STEPS, plan.starts(), strict=True)):
    with st.container(border=True, key=f"lesson_step_{k}"):
        st.markdown(f"#### :gray[{start}–{start + step.minutes} min] {step.title}")
        if step.links:
            with st.container(horizontal=True):
                for link in step.links:
                    icon = f":material/{pages.BY_NAME[link.page].icon}:"
                    st.link_button(link.label, link.address, icon=icon)
        left, right = st.columns(2, gap="medium") if step.thoughts else (st.container(), st.container())
        left.markdown(f"**You say.** {step.say()}\n\n**They do.** {step.pupils_do}")
        for thought in step.thoughts:
            right.markdown(f"**Some think** *“{thought.pupils}”*\n\n**You answer.** {thought.answer()}")

st.markdown("#### When something is missing")
for title, words in plan.WITHOUT.items():
    st.markdown(f"**{title}.** {words}")
