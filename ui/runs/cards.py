"""The visitor's runs as a list: cards, what you can do with a run, the trash, and importing a run."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components import notebook, reference_panel, run_status
from ui.runs import report, table, thumbnails
from ui.shell import browser_input, clock, run_picker, uploads, visitor
from ui.shell.errors import one_sentence, plain
from ui.store import run_index, tail
from vae_core import paths
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError
from vae_core.jobs import queue
from vae_core.jobs.eviction import DELETED_SECONDS
from vae_core.jobs.limits import hosted_limits
from vae_core.runs import archive, lifecycle, schema
from vae_core.runs.run import Run, RunError

SHOWN = 16  # cards on a page of the list
KINDS = {"All": (False, True), "Yours": (False,), "Gallery": (True,)}  # whether they are of the gallery


def cards(known: list[Run]) -> None:
    """One page of the list: the visitor's own runs, pinned ones first, then the gallery. Only what is shown is read."""
    found = _chosen(known) if len(known) > SHOWN else known
    found = sorted(found, key=lambda run: (run.gallery, not run.about.pinned))
    pages = max(-(-len(found) // SHOWN), 1)
    page = min(asked_page(), pages)
    first = (page - 1) * SHOWN
    heading = None
    for run in found[first : first + SHOWN]:
        if heading != (heading := "Gallery" if run.gallery else "Yours"):
            st.markdown(f"#### {heading}")
        with st.container(border=True), one_sentence():
            _card(run, run_index.trouble(run))
    if not found:
        st.info("No run has these words in its name.")
    if pages > 1:
        _leaf(page, pages, first, len(found))
    asked = st.session_state.pop("more_of", None)
    for run in found:
        if run.id == asked:
            more(run)
            break


def _ask_for_more(run_id: str) -> None:
    st.session_state["more_of"] = run_id


def asked_page() -> int:
    """The page in the address, 1 without one."""
    return browser_input.number_from_address("page") or 1


def _turn(page: int) -> None:
    browser_input.set_address(page=str(page) if page > 1 else None)


def _leaf(page: int, pages: int, first: int, count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="center"):
        st.button("Newer", key="page_newer", icon=":material/chevron_left:", disabled=page == 1,
                  on_click=_turn, args=(page - 1,))  # fmt: skip
        st.markdown(f"{first + 1} to {min(first + SHOWN, count)} of {count}", width="content")
        st.button("Older", key="page_older", icon=":material/chevron_right:", icon_position="right",
                  disabled=page == pages, on_click=_turn, args=(page + 1,))  # fmt: skip


def _chosen(known: list[Run]) -> list[Run]:
    """Of a long list, what the visitor asks for by owner and by words of its name."""
    kind, words = st.columns([1, 2], vertical_alignment="bottom")
    which = kind.segmented_control(
        "Show", list(KINDS), key="which", default="All", required=True, bind="query-params", on_change=_turn, args=(1,)
    )
    text = words.text_input(
        "Search by name", key="find", bind="query-params", placeholder="a word of its name", on_change=_turn, args=(1,)
    )
    asked, kinds = text.lower().split(), KINDS.get(which or "All", KINDS["All"])
    return [run for run in known if run.gallery in kinds and all(word in _name(run) for word in asked)]


def _name(run: Run) -> str:
    """What the search looks at."""
    try:
        return f"{run_picker.label(run)} {run.id}".lower()
    except (RunError, OSError):
        return run.id


def _card(run: Run, trouble: str) -> None:
    pictures, words, links = st.columns([4, 8, 10], vertical_alignment="center")  # a small tablet's links: 380 pixels
    if trouble:
        words.markdown(f":red-badge[:material/error: broken] &nbsp; **{plain(run.id)}**  \n{plain(trouble)}")
    else:
        with pictures:
            thumbnails.thumbnails(run)
        status = run.status()
        colour, icon = run_status.BADGES[status.state]
        pinned = ":material/keep: " if run.about.pinned else ""
        badge = "" if run.gallery else f":{colour}-badge[:material/{icon}: {status.state}] &nbsp; "
        name = run_picker.label(run).removeprefix("Yours, ")  # the heading says so
        words.markdown(f"{badge}{pinned}**{plain(name)}**  \n:gray[{run_status.summary(run, status)}]")
    with (
        links,
        st.container(key=f"aside_{run.id}", horizontal=True, horizontal_alignment="right", vertical_alignment="center"),
    ):
        if not trouble:
            _doors(run)
            st.button("More", key=f"more_{run.id}", icon=":material/more_horiz:", type="tertiary",
                      on_click=_ask_for_more, args=(run.id,))  # fmt: skip
        if visitor.owns(run):
            st.button("Delete", key=f"delete_{run.id}", icon=":material/delete:", type="tertiary",
                      on_click=_try, args=(lambda: _delete(run),))  # fmt: skip


def _doors(run: Run) -> None:
    st.page_link("pages/train.py", label="Curves", query_params={"run": run.id})
    if run_index.standing(run)[1]:
        st.page_link("pages/map.py", label="Map", query_params={"run": run.id})
        st.page_link("pages/samples.py", label="Samples", query_params={"run": run.id})
        st.page_link("pages/morph.py", label="Morph", query_params={"run": run.id})


@st.dialog("One run")
def more(run: Run) -> None:
    """Rename, pin, and export."""
    run = Run(run.path, run.gallery)
    st.markdown(f"**{plain(run.title)}**  \n:gray[{plain(run.id)}]")
    if visitor.owns(run):
        _name_and_pin(run)
    reference_panel.panel(run, run.status())
    st.markdown("##### Export")
    if not tail.metrics(run):
        st.caption("You can export it once its first epoch is finished.")
        return
    with_pictures = _asks_for_pictures(run)
    with st.container(horizontal=True):
        st.download_button(
            "Report", lambda: report.build(run), f"{run.id}.html", "text/html", key="download_report",
            icon=":material/description:", on_click="ignore",
            help="One web page with curves, map, pictures and a morph. It opens anywhere, without this app.",
        )  # fmt: skip
        st.download_button(
            "Run as a file", lambda: packed(run, pictures=with_pictures), f"{run.id}.zip", "application/zip",
            key="download_run", icon=":material/download:", on_click="ignore",
            help="The whole run. Another Latent Lab can import it and continue it.",
        )  # fmt: skip
        notebook.download(run, "download_notebook", own_pictures=_notebook_has_pictures(run))
    st.markdown("##### Its numbers as CSV")
    with st.container(horizontal=True):
        table.downloads(run)


def _name_and_pin(run: Run) -> None:
    name = st.text_input("Name", run.about.title, max_chars=80, placeholder=run.config.title, key=f"name_{run.id}")
    pinned = st.toggle("Pin", run.about.pinned, key=f"pin_{run.id}", help=_what_a_pin_does())
    if st.button("Save", key="save_run", type="primary", icon=":material/check:"):
        try:
            _save(run, name, pinned)
        except RunError as error:
            st.error(plain(str(error)))
        else:
            st.rerun()


def _what_a_pin_does() -> str:
    limits = hosted_limits()
    if limits is None:
        return "Pinned runs come first and are never removed to make room."
    return (
        "Pinned runs come first and are not removed to make room. A pin ends when nobody has looked at the run for "
        f"{limits.pin_days} days, or sooner if more is pinned here than this server can keep; come back to renew it."
    )


def _save(run: Run, name: str, pinned: bool) -> None:
    if not visitor.owns(run):
        raise RunError(visitor.NOT_YOURS)
    limits = hosted_limits()
    if limits:
        queue.change(run, limits, title=schema.one_line(name), pinned=pinned)
    else:
        lifecycle.note(run, title=schema.one_line(name), pinned=pinned)


def _asks_for_pictures(run: Run) -> bool:
    """Whether the file is to have the test pictures in it, where they are the visitor's own and nobody else's."""
    if own.manifest_of(run.config.dataset) is None or not visitor.owns(run):
        return False
    if not registry.test_is_here(run.config.dataset):
        return False
    wanted = st.checkbox(
        "Run as a file: with its test pictures", key=f"with_pictures_{run.id}",
        help="These are your own pictures. Whoever gets the file can see them. Without them, others see only what the "
        "model redraws.",
    )  # fmt: skip
    if wanted:
        try:
            registry.load_test(run.config.dataset)
        except DataError as error:
            st.error(plain(f"{error} Until then the file has no test pictures in it."))
            return False
    return wanted


def _notebook_has_pictures(run: Run) -> bool:
    """Whether the notebook is to have all pictures beside it, where they are the visitor's own and nobody else's."""
    name = run.config.dataset
    if own.manifest_of(name) is None or not visitor.owns(run) or not registry.is_here(name):
        return False
    return st.checkbox(
        "Notebook: with its pictures", key=f"notebook_pictures_{run.id}",
        help="These are your own pictures. Whoever gets the file can see them. Without them the notebook draws from "
        "codes, and cannot learn anew.",
    )  # fmt: skip


def packed(run: Run, *, pictures: bool = False) -> io.BytesIO:
    """The run as one file that ``archive.unpack`` takes, here too: no larger than what this server lets in.

    It is made when the button is pressed, where nothing can be said any more: pictures damaged since stay out.
    """
    limits, out = hosted_limits(), io.BytesIO()
    most = limits.archive * 1_000_000 if limits else archive.MAX_BYTES
    try:
        archive.pack(run, out, most, pictures=pictures)
    except RunError:
        if not pictures:
            raise
        out = io.BytesIO()
        archive.pack(run, out, most)
    out.seek(0)
    return out


def _try(action: Callable[[], Any]) -> None:
    try:
        action()
    except RunError as error:
        st.session_state["shelf_error"] = str(error)


def _delete(run: Run) -> None:
    if not visitor.owns(run):
        raise RunError(visitor.NOT_YOURS)
    title = run.title if not _broken(run) else run.id
    st.session_state["just_deleted"] = (str(lifecycle.delete(run).path), title)


def _broken(run: Run) -> bool:
    try:
        run.check()
    except RunError:
        return True
    return False


def news() -> None:
    """What the last click did, with a way back."""
    if error := st.session_state.pop("shelf_error", None):
        st.error(plain(error))
    path, title = st.session_state.get("just_deleted", ("", ""))
    item = next((item for item in lifecycle.trashed(paths.runs_dir()) if str(item.path) == path), None)
    if item:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo_bar"):
            st.markdown(f":material/delete: Deleted: **{plain(title)}**")
            st.button("Undo", key="undo_delete", icon=":material/undo:", on_click=_try, args=(lambda: _restore(item),))


def _restore(item: lifecycle.Trashed) -> None:
    if not visitor.owns(item.run):
        raise RunError(visitor.NOT_YOURS)
    if limits := hosted_limits():
        queue.put_back(item, limits)
    else:
        lifecycle.restore(item)
    st.session_state.pop("just_deleted", None)


def trash() -> None:
    """What was deleted lately."""
    lifecycle.sweep(paths.runs_dir(), DELETED_SECONDS if hosted_limits() else lifecycle.KEPT_SECONDS)
    items = [item for item in lifecycle.trashed(paths.runs_dir()) if visitor.owns(item.run)]
    if not items:
        return
    kept = "an hour" if hosted_limits() else "a day"
    with st.expander(f"Deleted ({len(items)}), kept for {kept}", icon=":material/delete:"):
        for item in items:
            with st.container(horizontal=True, vertical_alignment="center"):
                title = item.id if _broken(item.run) else item.run.title
                st.markdown(f"{plain(title)} :gray[deleted {clock.when(item.when)}]")
                st.button(
                    "Put back", key=f"restore_{item.path.name}", on_click=_try, args=(lambda i=item: _restore(i),)
                )


def arrivals() -> None:
    """The door for a run that was exported elsewhere."""
    limits = hosted_limits()
    most = limits.archive if limits else archive.MAX_BYTES // 1_000_000
    with st.expander("Import a run", icon=":material/upload:"):
        st.caption(
            "A file that another Latent Lab made with “Run as a file”. Nothing in it is executed, and every number is "
            "checked before it is kept."
        )
        if not visitor.is_known():
            st.caption("Still connecting…")
            return
        st.file_uploader(
            "Run as a file", "zip", key="arrival", max_upload_size=most, on_change=_arrive, args=(most * 1_000_000,)
        )
        with st.container():  # the outcome comes after the field, which by then takes the next file
            _outcome()


def _arrive(limit: int) -> None:
    """Take in a file, once. It stays in the field, which must not be replaced while the next file is arriving."""
    file = browser_input.uploaded("arrival")
    if file is None or file.file_id == st.session_state.get("arrived_file"):
        return
    st.session_state["arrived_file"] = file.file_id
    try:
        run = _take_in(file, limit)
    except RunError as error:
        st.session_state["arrival_outcome"] = str(error)
    else:
        st.session_state["arrival_outcome"] = (run.id, run.title)
    finally:
        uploads.forget(file)


def _outcome() -> None:
    """What became of the file that came last; until the next click."""
    outcome = st.session_state.pop("arrival_outcome", None)
    if isinstance(outcome, str):
        st.error(plain(outcome))
    elif outcome:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/check_circle: Imported: **{plain(outcome[1])}**")
            st.page_link("pages/train.py", label="Look at it", query_params={"run": outcome[0]})


def _take_in(file: Any, limit: int) -> Run:
    limits = hosted_limits()
    if limits is None:
        return archive.unpack(file, paths.runs_dir(), limit=limit)
    if not visitor.me():
        raise RunError(visitor.NOT_KNOWN)
    return queue.take_in(file, visitor.me(), limits)
