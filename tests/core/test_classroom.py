"""Rooms: nobody votes twice, nobody else steers, and with a room goes all that it holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from vae_core.classroom import codes, drawings, pupils, rooms, store, voting
from vae_core.classroom.rooms import Place
from vae_core.classroom.store import ClassroomError, NotAllowed, RoomGone

SEVEN = bytes(392) + b"\xff" * 392
ANYBODY = "f" * 32


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def clock(monkeypatch):
    """Time that passes when the test says so."""
    moment = [1_800_000_000.0]
    monkeypatch.setattr(store, "now", lambda: moment[0])
    return moment


@pytest.fixture
def opened():
    return rooms.open_room(codes.new_token())


def joined(code: str, count: int) -> list[str]:
    tokens = [codes.new_token() for _ in range(count)]
    for token in tokens:
        pupils.join(code, token)
    return tokens


# ---- codes and names


def test_a_code_is_read_however_it_was_typed():
    for _ in range(200):
        code = codes.new_code()
        assert len(set(code)) == 4
        for typed in (code, code.lower(), f" {code[:2]}-{code[2:]} ", ".".join(code), code.replace("D", "0")):
            assert codes.read_code(typed) == code
        assert codes.read_code(code.replace("D", "o").replace("B", "8").replace("Z", "2")) == code
    assert codes.read_code("ВНКМ") == "BHKM"  # of a Cyrillic keyboard
    for wrong in ("", "BDH", "BDHJK", "AEIO", "<b>x", "BDH\0", "B" * 10_000, "1234", "💥💥💥💥"):
        assert codes.read_code(wrong) is None
    secret = codes.new_secret()
    long = codes.long_code("BDHJ", secret)
    assert codes.read_long_code(long.lower()) == codes.read_long_code(long.replace(" ", "-")) == ("BDHJ", secret)
    assert codes.read_code(long) is None and codes.read_long_code("BDHJ") is None


def test_no_letter_of_a_code_is_taken_for_another():
    assert not {chr(each) for each in codes.ALIKE} & set(codes.LETTERS)
    assert set(codes.ALIKE.values()) <= set(map(ord, codes.LETTERS))
    assert not set(codes.LETTERS) & set("O0Q1IL5S8G6C2UY")


@given(some.text(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_is_short_and_plain(text):
    name = pupils.clean_name(text)
    assert len(name) <= pupils.NAME
    assert not set(name) & set('<>&"`*_[](){}#|\\/$~:;@!=+\n\r\t\0\u202e\u2066\u200b')
    assert name == name.strip()
    assert pupils.clean_name(name) == name
    assert name == "" or any(map(str.isalnum, name))


def test_names_people_have_are_kept_and_markup_is_made_plain():
    for name in ("Zoë", "Jean-Luc", "O’Brien", "李小龙", "Анна", "Max B.", "عمر", "हिन्दी", "7b"):
        assert pupils.clean_name(name) == name
    assert pupils.clean_name("<b>Max</b>") == "bMaxb"
    assert pupils.clean_name("[Max](https://x.y)") == "Maxhttpsx y"
    assert len(pupils.clean_name("M" + "\u0301" * 90 + "ax")) == 5
    assert pupils.clean_name("💥 ---") == ""


def test_a_pupil_without_a_name_gets_one_and_two_of_a_name_are_told_apart(opened):
    code = opened.room.code
    names = [pupils.join(code, codes.new_token(), name).name for name in ("", "Max", "max", "<>", "M" * 90, "m" * 90)]
    assert names[:4] == ["Pupil 1", "Max", "max 2", "Pupil 4"]
    assert len({name.casefold() for name in names}) == 6
    assert all(len(name) <= pupils.NAME for name in names)


# ---- who may what


def test_nobody_else_steers(opened):
    code, teacher = opened.room.code, opened.token
    other = rooms.open_room(codes.new_token())
    (pupil,) = joined(code, 1)
    number = pupils.everybody(code, teacher)[0].id
    question = voting.ask(code, teacher, "mission", "in-use", 21)
    prompt = drawings.invite(code, teacher, "a 7")
    drawing = drawings.add(code, pupil, prompt.id, SEVEN)
    for forged in ("", ANYBODY, pupil, other.token, codes.hashed(opened.room.id, teacher), "' OR 1=1 --"):
        for forbidden in (
            lambda t: rooms.close(code, t),
            lambda t: rooms.go_to(code, t, Place("train", {})),
            lambda t: rooms.let_follow(code, t, True),
            lambda t: rooms.set_activity(code, t, {"kind": "x"}),
            lambda t: rooms.hand_over(code, t),
            lambda t: pupils.everybody(code, t),
            lambda t: pupils.hide_name(code, t, number),
            lambda t: pupils.send_out(code, t, number),
            lambda t: pupils.let_in_again(code, t, number),
            lambda t: voting.ask(code, t, "mission", "in-use", 21),
            lambda t: voting.close(code, t, question.id),
            lambda t: drawings.invite(code, t, "a 8"),
            lambda t: drawings.close_prompt(code, t, prompt.id),
            lambda t: drawings.remove(code, t, drawing),
        ):
            with pytest.raises(NotAllowed):
                forbidden(forged)
        assert not rooms.is_teacher(code, forged)
    assert rooms.is_teacher(code, teacher)
    assert len(drawings.of_room(code)) == 1
    assert pupils.find(code, pupil) is not None


def test_a_teacher_reaches_into_no_other_room(opened):
    other = rooms.open_room(codes.new_token())
    (pupil,) = joined(other.room.code, 1)
    number = pupils.everybody(other.room.code, other.token)[0].id
    question = voting.ask(other.room.code, other.token, "mission", "x", 3)
    prompt = drawings.invite(other.room.code, other.token, "a 7")
    drawing = drawings.add(other.room.code, pupil, prompt.id, SEVEN)
    code, teacher = opened.room.code, opened.token
    pupils.send_out(code, teacher, number)
    pupils.hide_name(code, teacher, number)
    drawings.remove(code, teacher, drawing)
    for refused in (
        lambda: voting.close(code, teacher, question.id),
        lambda: drawings.close_prompt(code, teacher, prompt.id),
    ):
        with pytest.raises(ClassroomError):
            refused()
    (there,) = pupils.everybody(other.room.code, other.token)
    assert (there.hidden, there.sent_out) == (False, False)
    assert voting.question(other.room.code, question.id).is_open
    assert len(drawings.of_room(other.room.code)) == 1


def test_a_room_is_handed_over_once_and_for_ten_minutes(opened, clock):
    code = opened.room.code
    clock[0] = opened.room.opened
    where, secret = codes.read_long_code(rooms.hand_over(code, opened.token))
    assert where == code
    with pytest.raises(NotAllowed):
        rooms.take_over(code, "B" * 12)
    second = rooms.take_over(code, secret)
    assert second != opened.token and rooms.is_teacher(code, second) and rooms.is_teacher(code, opened.token)
    with pytest.raises(NotAllowed):
        rooms.take_over(code, secret)
    _, late = codes.read_long_code(rooms.hand_over(code, second))
    clock[0] += rooms.HANDOVER_SECONDS + 1
    with pytest.raises(NotAllowed):
        rooms.take_over(code, late)


def test_guessing_a_long_code_is_stopped(opened):
    for _ in range(rooms.HANDOVER_TRIES):
        with pytest.raises(NotAllowed):
            rooms.take_over(opened.room.code, "B" * 12)
    _, secret = codes.read_long_code(rooms.hand_over(opened.room.code, opened.token))
    with pytest.raises(ClassroomError, match="wait"):
        rooms.take_over(opened.room.code, secret)


def test_who_is_sent_out_stays_out_and_may_be_let_in_again(opened):
    code, teacher = opened.room.code, opened.token
    (token,) = joined(code, 1)
    number = pupils.everybody(code, teacher)[0].id
    prompt = drawings.invite(code, teacher, "a 7")
    drawings.add(code, token, prompt.id, SEVEN)
    pupils.send_out(code, teacher, number)
    assert pupils.find(code, token) is None and not drawings.of_room(code)
    for refused in (
        lambda: pupils.join(code, token, "Max"),
        lambda: drawings.add(code, token, prompt.id, SEVEN),
        lambda: pupils.note_here(code, token),
    ):
        with pytest.raises(NotAllowed, match="sent you out"):
            refused()
    pupils.let_in_again(code, teacher, number)
    assert pupils.join(code, token).id == number


def test_a_hidden_name_is_shown_to_the_teacher_alone(opened):
    code, teacher = opened.room.code, opened.token
    token = codes.new_token()
    number = pupils.join(code, token, "Rude").id
    prompt = drawings.invite(code, teacher, "a 7")
    drawings.add(code, token, prompt.id, SEVEN)
    pupils.hide_name(code, teacher, number)
    assert drawings.of_room(code)[0].by == "Pupil 1"
    assert pupils.everybody(code, teacher)[0].name == "Rude"
    assert pupils.everybody(code, teacher)[0].shown == "Pupil 1"


# ---- votes and drawings


def test_a_pupil_has_one_vote_in_however_many_tabs(opened):
    code, teacher = opened.room.code, opened.token
    tokens = joined(code, 6)
    question = voting.ask(code, teacher, "mission", "no-penalty", 4)
    with ThreadPoolExecutor(12) as tabs:
        list(tabs.map(lambda k: voting.vote(code, tokens[k % 6], question.id, k % 4), range(72)))
    assert sum(voting.counts(code, question.id)) == 6
    for token in tokens:
        voting.vote(code, token, question.id, 2)
    assert voting.counts(code, question.id) == [0, 0, 6, 0]
    assert voting.answer_of(code, tokens[0], question.id) == 2
    voting.close(code, teacher, question.id)
    with pytest.raises(ClassroomError, match="closed"):
        voting.vote(code, tokens[0], question.id, 1)
    assert voting.counts(code, question.id) == [0, 0, 6, 0]


@pytest.mark.parametrize("answer", [-1, 4, 10**30, True, 1.0, "1", None])
def test_an_answer_is_one_of_those_to_choose_from(opened, answer):
    (token,) = joined(opened.room.code, 1)
    question = voting.ask(opened.room.code, opened.token, "mission", "no-penalty", 4)
    with pytest.raises(ClassroomError):
        voting.vote(opened.room.code, token, question.id, answer)
    with pytest.raises(NotAllowed):
        voting.vote(opened.room.code, ANYBODY, question.id, 1)
    assert voting.counts(opened.room.code, question.id) == [0, 0, 0, 0]


def test_a_new_question_of_a_kind_closes_the_one_before(opened):
    code, teacher = opened.room.code, opened.token
    first, beta = voting.ask(code, teacher, "mission", "a", 2), voting.ask(code, teacher, "beta", "1,4", 2)
    second = voting.ask(code, teacher, "mission", "b", 2)
    assert [voting.question(code, each.id).is_open for each in (first, beta, second)] == [False, True, True]
    assert voting.latest(code, "mission") == second
    assert voting.latest(code, "epochs") is None


def test_visitors_answers_are_counted_once_each():
    for visitor, answer in (("a", 1), ("a", 2), ("b", 1), ("c", 0)):
        voting.note_visitor("in-use", visitor, answer)
    assert voting.visitors_counts("in-use", 3) == [1, 2, 0]
    assert voting.visitors_counts("else", 2) == [0, 0]


def test_a_thousand_drawings_a_minute_are_refused_kindly(opened, clock):
    clock[0] = opened.room.opened
    code, teacher = opened.room.code, opened.token
    quick, slow = joined(code, 2)
    prompt = drawings.invite(code, teacher, "a 7")
    refused = set()
    for _ in range(1000):
        clock[0] += 0.05
        try:
            drawings.add(code, quick, prompt.id, SEVEN)
        except ClassroomError as error:
            refused.add(str(error))
    assert len(drawings.of_room(code)) == drawings.A_MINUTE
    assert len(refused) == 1 and "moment" in refused.pop()
    drawings.add(code, slow, prompt.id, SEVEN)
    clock[0] += 60
    for _ in range(5 * drawings.A_MINUTE):
        clock[0] += 4
        drawings.add(code, quick, prompt.id, SEVEN)
    assert len(drawings.of_room(code)) == drawings.KEPT + 1


@pytest.mark.parametrize("pixels", [b"", bytes(784), bytes(783) + b"", b"\1" * 785])
def test_what_is_no_drawing_is_not_kept(opened, pixels):
    (token,) = joined(opened.room.code, 1)
    prompt = drawings.invite(opened.room.code, opened.token, "a 7")
    with pytest.raises(ClassroomError):
        drawings.add(opened.room.code, token, prompt.id, pixels)
    drawings.close_prompt(opened.room.code, opened.token, prompt.id)
    with pytest.raises(ClassroomError, match="too late"):
        drawings.add(opened.room.code, token, prompt.id, SEVEN)


# ---- what changes, and what it costs to ask


def test_versions_grow_with_each_change_and_only_then(opened, clock):
    clock[0] = opened.room.opened
    code, teacher = opened.room.code, opened.token
    last = [rooms.versions(code)]

    def changes(what) -> tuple[bool, bool]:
        what()
        before, last[0] = last[0], rooms.versions(code)
        return last[0][0] > before[0], last[0][1] > before[1]

    token = codes.new_token()
    everybody, teachers, nobody = (True, True), (True, False), (False, False)
    assert changes(lambda: pupils.join(code, token)) == teachers
    assert changes(lambda: pupils.join(code, token)) == nobody
    assert changes(lambda: pupils.note_here(code, token)) == nobody
    assert changes(lambda: rooms.go_to(code, teacher, Place("train", {"run": "lecture"}))) == teachers
    assert changes(lambda: rooms.let_follow(code, teacher, True)) == everybody
    assert changes(lambda: rooms.let_follow(code, teacher, True)) == nobody
    assert changes(lambda: rooms.go_to(code, teacher, Place("train", {"run": "lecture"}))) == nobody
    assert changes(lambda: rooms.go_to(code, teacher, Place("morph", {}))) == everybody
    assert changes(lambda: rooms.set_activity(code, teacher, {"kind": "draw"})) == everybody
    assert changes(lambda: rooms.set_activity(code, teacher, {"kind": "draw"})) == nobody
    question = voting.ask(code, teacher, "mission", "x", 3)
    last[0] = rooms.versions(code)
    assert changes(lambda: voting.vote(code, token, question.id, 1)) == teachers
    assert changes(lambda: voting.vote(code, token, question.id, 1)) == nobody
    assert changes(lambda: voting.close(code, teacher, question.id)) == everybody
    clock[0] += pupils.AWAY + 1
    assert pupils.here(code) == 0
    assert changes(lambda: pupils.note_here(code, token)) == teachers
    assert pupils.here(code) == 1


def test_asking_what_is_at_rest_is_one_read_of_an_index(opened, monkeypatch):
    asked = []
    with store.reading() as connection:
        connection.set_trace_callback(asked.append)
    rooms.versions(opened.room.code)
    with store.reading() as connection:
        connection.set_trace_callback(None)
        asked = [words for words in asked if words not in ("BEGIN", "COMMIT", "BEGIN ")]
        assert len(asked) == 1
        (plan,) = connection.execute("EXPLAIN QUERY PLAN " + asked[0])
        assert "USING INDEX" in plan["detail"]


@pytest.mark.parametrize(
    ("page", "choices"),
    [
        ("../x", {}), ("train?x", {}), (7, {}), (None, {}), ("train", None), ("train", {"run": 7}), ("train", {7: "x"}),
        ("train", {"a b": "x"}), ("train", {"run": "x" * 501}), ("train", {f"a{k}": "" for k in range(21)}),
        ("//evil.com", {}), ("train", {"<script>": ""}),
    ],
)  # fmt: skip
def test_what_is_no_place_of_the_app_is_none(page, choices):
    assert Place.read(page, choices) is None


def test_a_place_and_an_activity_come_back_as_they_were(opened):
    code, teacher = opened.room.code, opened.token
    place = Place.read("morph", {"run": "lecture", "epoch": "7", "from": "3 <b>"})
    rooms.go_to(code, teacher, place)
    rooms.set_activity(code, teacher, {"kind": "predict", "question": 3})
    room = rooms.find(code)
    assert (room.place, room.activity) == (place, {"kind": "predict", "question": 3})
    with pytest.raises(ClassroomError):
        rooms.set_activity(code, teacher, {"kind": "x" * 5000})


# ---- the end of a room


def test_with_a_room_goes_all_that_it_holds(opened, folder):
    code, teacher = opened.room.code, opened.token
    token = codes.new_token()
    pupils.join(code, token, "Rumpelstilz")
    voting.vote(code, token, voting.ask(code, teacher, "mission", "in-use", 21).id, 3)
    drawings.add(code, token, drawings.invite(code, teacher, "a 7").id, b"rumpelstilz drew" * 49)
    rooms.hand_over(code, teacher)
    rooms.close(code, teacher)
    for refused in (
        lambda: rooms.find(code), lambda: pupils.join(code, token), lambda: rooms.close(code, teacher),
        lambda: pupils.find(code, token), lambda: drawings.of_room(code),
    ):  # fmt: skip
        with pytest.raises(RoomGone):
            refused()
    assert rooms.versions(code) is None
    with store.reading() as connection:
        for table in ("rooms", "teachers", "handovers", "pupils", "questions", "votes", "prompts", "drawings"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
    left = b"".join(file.read_bytes() for file in (folder / ".classroom").iterdir())
    assert b"Rumpelstilz" not in left and b"rumpelstilz drew" not in left


def test_a_room_lives_for_a_day(opened, clock):
    code = opened.room.code
    clock[0] = opened.room.opened + rooms.DAY - 60
    (token,) = joined(code, 1)
    assert rooms.remove_expired() == 0
    clock[0] += 61
    for refused in (lambda: rooms.find(code), lambda: pupils.join(code, token), lambda: pupils.note_here(code, token)):
        with pytest.raises(RoomGone):
            refused()
    assert not rooms.is_teacher(code, opened.token) and rooms.versions(code) is None
    assert rooms.remove_expired() == 1


def test_where_no_room_ever_was_nobody_who_looks_leaves_anything(folder):
    assert rooms.remove_expired() == 0 and rooms.versions("ABCD") is None and rooms.find_lasting("ABCD-1") is None
    assert not rooms.is_teacher("ABCD", ANYBODY) and voting.visitors_counts("mission", 3) == [0, 0, 0]
    with pytest.raises(RoomGone):
        rooms.find("ABCD")
    store.wipe()
    assert not folder.exists()


def test_the_next_room_of_a_code_knows_nobody_of_the_last(opened, monkeypatch):
    code, teacher = opened.room.code, opened.token
    (token,) = joined(code, 1)
    rooms.close(code, teacher)
    monkeypatch.setattr(codes, "new_code", lambda: code)
    again = rooms.open_room(codes.new_token())
    assert again.room.code == code
    assert pupils.find(code, token) is None and not rooms.is_teacher(code, teacher)
    assert rooms.find_lasting(opened.room.lasting_name) is None  # nor is a training of that one's
    assert rooms.find_lasting(again.room.lasting_name) == again.room
    for name in ("", "-", code, f"{code}-x", "BDHJ-1-2"):
        assert rooms.find_lasting(name) is None


# ---- what an attacker tried


def test_whoever_has_left_stays_away_until_they_come_back(opened):
    code, (token,) = opened.room.code, joined(opened.room.code, 1)
    pupils.leave(code, token)
    pupils.note_here(code, token)  # a look that was under way
    assert pupils.here(code) == 0
    pupils.join(code, token)
    assert pupils.here(code) == 1


def test_who_was_sent_out_takes_nobodys_place(opened):
    code, teacher = opened.room.code, opened.token
    joined(code, pupils.PUPILS)
    with pytest.raises(ClassroomError, match="full"):
        joined(code, 1)
    pupils.send_out(code, teacher, pupils.everybody(code, teacher)[3].id)
    joined(code, 1)
    names = [each.name for each in pupils.everybody(code, teacher)]
    assert len(set(names)) == len(names) == pupils.PUPILS + 1


def test_of_two_devices_that_close_a_vote_one_has_done_it(opened):
    code, teacher = opened.room.code, opened.token
    number = voting.ask(code, teacher, "beta", "mnist", 3).id
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: voting.close(code, teacher, number), range(8))) == [False] * 7 + [True]
    assert voting.close(code, teacher, number, closed=False) and voting.question(code, number).is_open


def test_rooms_into_which_nobody_came_make_room_for_others(clock, monkeypatch):
    monkeypatch.setattr(rooms, "ROOMS", 3)
    used, *empty = [rooms.open_room(codes.new_token()) for _ in range(3)]
    joined(used.room.code, 1)
    with pytest.raises(ClassroomError, match="taken"):
        rooms.open_room(codes.new_token())
    clock[0] += 3700
    for _ in empty:
        rooms.open_room(codes.new_token())
    assert rooms.find(used.room.code)
    for each in empty:
        with pytest.raises(RoomGone):
            rooms.find(each.room.code)


def test_a_place_holds_nothing_that_a_page_cannot_be_opened_with():
    assert Place.read("morph", {"embed": "true", "embed_options": "x", "run": "lecture"}).choices == {"run": "lecture"}
    assert Place.read("morph", {"run": "\ud800"}) is None and Place.read("morph", {"run": "a\nb"}) is None
