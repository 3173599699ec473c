"""Train together: the class votes on one setting, one training runs for all, and everybody watches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ui.components import votes
from ui.shell import browser_input, live, visitor
from ui.shell.class_errors import in_class, tried
from ui.shell.seat import Seat
from vae_core.classroom import pupils, rooms, voting
from vae_core.classroom.rooms import Room
from vae_core.classroom.store import ClassroomError
from vae_core.classroom.voting import Question
from vae_core.config import PRESETS, Config, ConfigError
from vae_core.datasets import registry
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError

KIND = "train"


@dataclass(frozen=True)
class Ballot:
    """A setting that a class can decide."""

    title: str
    question: str
    choices: tuple[float, ...]
    words: str  # of a choice, to be formatted


BALLOTS = {
    "beta": Ballot(
        "Beta",
        "How strong should the penalty be? Its strength is called beta. With none, copies get sharper. With a lot, "
        "codes say little.",
        (0.0, 0.1, 1.0, 4.0, 10.0), "beta {:g}",
    ),
    "latent_dim": Ballot(
        "The size of the code", "With how many numbers should the model describe a picture?",
        (1, 2, 5, 20, 50), "{} numbers",
    ),
    "epochs": Ballot(
        "The number of epochs", "How many times should the model see every picture?", (1, 3, 10, 30), "{} epochs",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Vote:
    """A question of the room's about one of these."""

    question: Question
    dataset: str

    @property
    def ballot(self) -> Ballot:
        return BALLOTS[self.question.topic]

    def in_words(self, place: int) -> str:
        return in_words(self.question.topic, self.ballot.choices[place])


def in_words(setting: str, choice: float) -> str:
    words = BALLOTS[setting].words.format(choice)
    return words.removesuffix("s") if choice == 1 else words


def vote_of(room: Room, activity: Mapping[str, Any]) -> Vote | None:
    """What the room votes on, or voted on. Raises ClassroomError."""
    number = activity.get("question")
    if not isinstance(number, int):
        return None
    found = voting.question(room.code, number)
    if found.topic not in BALLOTS or found.count != len(BALLOTS[found.topic].choices):
        return None
    return Vote(found, found.subject if found.subject in registry.TITLES else registry.EMBEDDED)


def run_of(activity: Mapping[str, Any]) -> Run | None:
    return find_run(str(activity["run"])) if activity.get("run") else None


# ---- the teacher


def begin(seat: Seat, room: Room) -> None:
    """What the class decides, and on which pictures."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        setting = st.selectbox(
            "The class decides", list(BALLOTS), key="class_ballot", width=260,
            format_func=lambda name: BALLOTS[name].title,
        )  # fmt: skip
        here = [name for name in registry.TITLES if registry.is_here(name)]
        first = registry.preferred() if registry.preferred() in here else here[0]
        dataset = st.selectbox(
            "On", here, here.index(first), key="class_dataset", width=320,
            format_func=registry.TITLES.__getitem__,
        )  # fmt: skip
        st.button(
            "Let them vote", key="class_let_vote", type="primary", icon=":material/how_to_vote:", on_click=tried,
            args=(ask, seat, setting, dataset),
        )  # fmt: skip


def ask(seat: Seat, setting: str, dataset: str) -> None:
    """Open the vote. Raises ClassroomError."""
    if setting not in BALLOTS or dataset not in registry.TITLES:
        raise ClassroomError("This is nothing that a class can decide.")
    asked = voting.ask(seat.code, seat.teacher, setting, dataset, len(BALLOTS[setting].choices))
    rooms.set_activity(seat.code, seat.teacher, {"kind": KIND, "question": asked.id})


def teacher(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The vote as it goes, and the training once it runs."""
    vote, run = vote_of(room, activity), run_of(activity)
    if run is not None:
        if st.session_state.pop("class_to_training", None) == run.id:
            st.switch_page("pages/train.py", query_params={"run": run.id})
        going = "One training for the whole class. It continues when you leave its page."
        st.markdown("The training is finished." if run.status().state == "finished" else going)
        _watch(run)
    if vote is not None:
        st.markdown(f"**{vote.ballot.question}**")
        st.fragment(_bars)(seat, vote, run)
    if run is not None:
        begin(seat, room)


def _bars(seat: Seat, vote: Vote, run: Run | None) -> None:
    """The bars, and the button that starts the training with what most have chosen."""
    live.redraw_when_changed(seat.code, teacher=True)
    with in_class():
        counts, here = voting.counts(seat.code, vote.question.id), pupils.here(seat.code)
        title = f"{sum(counts)} of {max(here, sum(counts))} have voted"
        labels = [vote.in_words(place) for place in range(vote.question.count)]
        votes.bars(labels, counts, title, right=decided(vote, run))
        if vote.question.is_open and any(counts):
            _start_buttons(seat, vote, winners(counts))


def decided(vote: Vote, run: Run | None) -> list[int]:
    """The place of what the training was started with."""
    if run is None:
        return []
    value = getattr(run.config, vote.question.topic)
    return [place for place, choice in enumerate(vote.ballot.choices) if choice == value]


def winners(counts: list[int]) -> list[int]:
    """The places that most have chosen: several in a tie."""
    return [place for place, count in enumerate(counts) if count and count == max(counts)]


def _start_buttons(seat: Seat, vote: Vote, first: list[int]) -> None:
    """A tie is the teacher's to break."""
    if len(first) > 1:
        st.caption("A tie: you decide.")
    with st.container(horizontal=True):
        for place in first:
            st.button(
                f"Train with {vote.in_words(place)}", key=f"class_train_{place}", icon=":material/play_arrow:",
                type="primary" if len(first) == 1 else "secondary", on_click=tried, args=(decide, seat, vote, place),
            )  # fmt: skip


def decide(seat: Seat, vote: Vote, place: int) -> None:
    """Close the vote, and start the training; where none can start, the vote goes on.

    Raises ClassroomError, RunError.
    """
    choice = vote.ballot.choices[place]
    changes: dict[str, Any] = {vote.question.topic: choice}  # a setting of whole numbers takes 20.0 for 20
    config = visitor.within_limits(replace(PRESETS["lecture"].config(vote.dataset), **changes))
    title = f"Room {seat.code}: {vote.in_words(place)}"
    if not voting.close(seat.code, seat.teacher, vote.question.id):
        raise ClassroomError("This vote is over: its training has been started.")
    try:
        start(seat, replace(config, hidden_dim=None), title, {"question": vote.question.id})
    except (ClassroomError, RunError):
        voting.close(seat.code, seat.teacher, vote.question.id, closed=False)
        raise


def start(seat: Seat, config: Config, title: str, activity: Mapping[str, Any]) -> Run:
    """One training for the whole room, which its teacher alone steers. Raises ClassroomError, RunError."""
    if not rooms.is_teacher(seat.code, seat.teacher):
        raise ClassroomError(rooms.NOT_TEACHER)
    try:
        run = visitor.start(config, one_epoch=False)
    except ConfigError as error:
        raise RunError(str(error)) from None
    lifecycle.note(run, title=title, room=rooms.find(seat.code).lasting_name)
    rooms.set_activity(seat.code, seat.teacher, {"kind": KIND, **activity, "run": run.id})
    st.session_state["class_to_training"] = run.id
    return run


# ---- a pupil


def pupil(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The choices; and the training, to which the phone goes by itself once."""
    vote, run = vote_of(room, activity), run_of(activity)
    if run is not None:
        _go_once(run)
        st.markdown("#### Your class’s model")
        _watch(run)
    if vote is None:
        return
    mine = voting.answer_of(seat.code, seat.token, vote.question.id)
    if not vote.question.is_open:
        counts = voting.counts(seat.code, vote.question.id)
        labels = [vote.in_words(place) for place in range(vote.question.count)]
        votes.bars(labels, counts, "The vote", right=decided(vote, run), mine=mine)
        return
    key = f"class_vote_{vote.question.id}"
    st.markdown("#### Your vote")
    st.radio(
        vote.ballot.question, range(vote.question.count), index=mine, key=key, format_func=vote.in_words,
        on_change=_vote, args=(seat, vote, key),
    )  # fmt: skip
    if mine is None:
        st.caption("Choose one. Nobody sees who chose what.")
    else:
        st.markdown(
            f":material/check: Your vote: **{vote.in_words(mine)}**. You can change it until the training starts."
        )


def _vote(seat: Seat, vote: Vote, key: str) -> None:
    answer = browser_input.place(browser_input.in_widget(key), vote.question.count)
    if answer is not None:
        tried(voting.vote, seat.code, seat.token, vote.question.id, answer)


def _watch(run: Run) -> None:
    st.page_link(
        "pages/train.py", label="Watch the training", icon=":material/show_chart:", query_params={"run": run.id}
    )


def _go_once(run: Run) -> None:
    """To the training's page, the first time that this page hears of it."""
    if st.session_state.get("class_watched") != run.id:
        st.session_state["class_watched"] = run.id
        st.switch_page("pages/train.py", query_params={"run": run.id})
