"""The visitor's sets: choosing one, a new one, a name, a copy to take home, and deleting with all made from it."""

from __future__ import annotations

import io

import streamlit as st

from ui.pictures import changes, mine
from ui.shell import browser_input, visitor
from ui.shell.errors import plain
from vae_core.datasets.own import one_line, slug
from vae_core.pictures import deleting, export
from vae_core.pictures.sets import PictureSet, SetError
from vae_core.words import many

NEW = "new"  # among the choices


def shelf(picture_set: PictureSet) -> None:
    """Which set the page shows, and what can be done with all of it."""
    titles = {each.id: each.info.title for each in mine.all_sets()}
    st.session_state["own_chosen"] = picture_set.id
    with st.container(horizontal=True, vertical_alignment="bottom", key="own_shelf"):
        st.selectbox(
            "Set", [*titles, NEW], key="own_chosen", on_change=_chosen, width=320,
            format_func=lambda set_id: "+ New set" if set_id == NEW else titles[set_id],
        )  # fmt: skip
        with st.popover("Rename", icon=":material/edit:"):
            st.text_input(
                "Name of the set", picture_set.info.title, max_chars=80, key=f"own_title_{picture_set.id}",
                on_change=_rename, args=(picture_set.id,),
            )  # fmt: skip
        st.download_button(
            "Export", lambda: packed(picture_set), f"{slug(picture_set.info.title)}.zip", "application/zip",
            key="own_export", icon=":material/download:", on_click="ignore",
            help="All pictures as PNG files in a zip, a folder for each class. Drop it here to get the set back.",
        )  # fmt: skip
        asked = st.button("Delete", key="own_delete", icon=":material/delete:", on_click=_asked, args=(picture_set.id,))
        if asked and st.session_state.pop("own_asked", "") == picture_set.id:  # not for another that took its place
            confirm(picture_set)


def _asked(set_id: str) -> None:
    """Which set was shown beside the button."""
    st.session_state["own_asked"] = set_id


def packed(picture_set: PictureSet) -> io.BytesIO:
    """The set as a zip."""
    out = io.BytesIO()
    export.to_zip(picture_set, out)
    out.seek(0)
    return out


def _chosen() -> None:
    """A set of this visitor's, or a new and empty one."""
    value = browser_input.text(browser_input.in_widget("own_chosen"))
    if value == NEW:
        mine.tried(mine.create)
    elif (found := mine.owned(value)) is not None:
        mine.choose(found)
    else:
        st.session_state["own_trouble"] = mine.GONE


def _rename(set_id: str) -> None:
    found = mine.owned(set_id)
    title = one_line(browser_input.text(browser_input.in_widget(f"own_title_{set_id}")) or "")
    if found is not None and title:
        mine.tried(_renamed, found, title)


def _renamed(picture_set: PictureSet, title: str) -> None:
    before, old = picture_set.manifest.edits, picture_set.info.title
    picture_set.rename(title)
    changes.note(picture_set, before, f"“{old}” renamed to “{title}”")


@st.dialog("Delete this set?")
def confirm(picture_set: PictureSet) -> None:
    """Says what goes with it. Deleting is final, since nobody wants deleted photos to lie about.

    A click runs ``_delete`` first and then this again: with the set gone, here or elsewhere, the dialog closes.
    """
    try:
        info, also = picture_set.info, goes_with(picture_set)
    except SetError:
        st.rerun()
    st.markdown(f"**{plain(info.title)}** {also} This is final: nothing of it is kept.")
    trouble, training = mine.trouble(), deleting.training_on(picture_set)
    for run in training:
        st.warning(f"“{plain(run.title)}” is still training on it, or waits to. Stop that training first.")
        if visitor.owns(run):
            st.page_link(
                "pages/train.py", label=f"Go to “{plain(run.title)}”", icon=":material/show_chart:",
                query_params={"run": run.id},
            )  # fmt: skip
    if trouble and not training:
        st.error(plain(trouble))
    yes, no = st.columns(2)
    yes.button(
        "Delete it all", key="own_delete_all", type="primary", icon=":material/delete:", width="stretch",
        on_click=_delete, args=(picture_set.id,),
    )  # fmt: skip
    if no.button("Keep it", key="own_keep", width="stretch"):
        st.rerun()


def _delete(set_id: str) -> None:
    """The visitor's own set, for good. One that cannot be deleted stays the one that the page shows."""
    if (found := mine.owned(set_id)) is not None:
        mine.tried(deleting.delete_set, found)
    if mine.owned(set_id) is None:
        mine.choose(None)


def goes_with(picture_set: PictureSet) -> str:
    """What is deleted with a set, in one sentence."""
    count = picture_set.info.count
    parts = [many(count, "picture")]
    if runs := len(deleting.runs_of(picture_set)):
        parts.append(many(runs, "training"))
    return f"is deleted with its {parts[0]}" + (f", and the {parts[1]} made from it." if len(parts) > 1 else ".")
