"""Answers kept in a file: nothing is asked twice, nothing of a row is written, and no file of anybody else is touched."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.models.cache import cached, model_key
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Answers, Model

KEY = model_key("function", "points", version="1")


def people(points):
    return pd.DataFrame({"points": list(points), "name": "Ann Ominous"})


class Scorer:
    """Scores points, counts what it was asked, and fails when told to."""

    def __init__(self, fail_at=()):
        self.asked = Counter()
        self.calls = 0
        self.fail_at = set(fail_at)

    def __call__(self, rows, _):
        self.calls += 1
        if self.calls in self.fail_at:
            raise RuntimeError("Ann Ominous")
        self.asked.update(rows["points"].tolist())
        return Answers(None, rows["points"].to_numpy(float) / 10)


def test_a_run_that_broke_off_goes_on_where_it_was(tmp_path):
    scorer, path = Scorer(fail_at=[3]), tmp_path / "answers.db"
    ask = cached(scorer, path, KEY, batch=10, who="the scorer")
    with pytest.raises(fw.FairwitnessError) as caught:
        ask(people(range(45)), 0)
    message = str(caught.value)
    assert message.startswith("the scorer: The model raised RuntimeError (test_cache.py, line ")
    assert message.endswith(
        "20 of the 45 rows were answered before and are kept in answers.db: ask again, and only the others are asked."
    )
    assert "Ann" not in message
    assert ask(people(range(45)), 0).score.tolist() == [i / 10 for i in range(45)]
    assert scorer.asked == dict.fromkeys(range(45), 1)
    assert scorer.calls == 3 + 3  # two batches and a failure, then the other three


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    points=st.lists(st.integers(0, 8), min_size=1, max_size=30),
    batch=st.integers(1, 7),
    fail_at=st.sets(st.integers(1, 20)),
)
def test_however_often_it_breaks_off_each_row_is_asked_once_and_answered_the_same(tmp_path, points, batch, fail_at):
    path = tmp_path / "answers.db"
    path.unlink(missing_ok=True)
    scorer = Scorer(fail_at)
    ask = cached(scorer, path, KEY, batch=batch)
    for _ in range(len(fail_at) + 1):
        try:
            made = ask(people(points), 0)
        except fw.FairwitnessError:
            continue
        break
    assert made.score.tolist() == [point / 10 for point in points]
    assert scorer.asked == Counter(points)


def test_equal_rows_are_asked_one_by_one_whatever_the_batch(tmp_path):
    """A model that answers by chance would otherwise seem to agree with itself."""
    turn = itertools.count()
    for batch in (1, 2, 100):
        asked = []

        def by_chance(rows, _, asked=asked):
            asked += rows["points"].tolist()
            return Answers(None, np.array([float(next(turn)) for _ in range(len(rows))]))

        ask = cached(by_chance, tmp_path / f"{batch}.db", KEY, batch=batch)
        first = ask(people([7, 7, 4, 7]), 0).score.tolist()
        assert asked == [7, 7, 4, 7]
        assert len(set(first)) == 4
        assert ask(people([7, 7, 4, 7]), 0).score.tolist() == first
        assert ask(people([4, 7]), 0).score.tolist() == [first[2], first[0]]
        assert len(asked) == 4


def test_each_draw_is_asked(tmp_path):
    scorer = Scorer()
    ask = cached(scorer, tmp_path / "answers.db", KEY)
    for draw in (0, 1, 2, 1):
        ask(people([7, 4]), draw)
    assert scorer.asked == {7: 3, 4: 3}


def test_another_model_another_row_or_another_kind_of_value_is_another_question(tmp_path):
    path, scorer = tmp_path / "answers.db", Scorer()
    ask = cached(scorer, path, KEY)
    ask(people([7]), 0)
    cached(scorer, path, model_key("function", "points", version="2"))(people([7]), 0)
    assert scorer.asked == {7: 2}
    ask(people([7.0]), 0)
    ask(people([7]).assign(name=None), 0)
    ask(people([7])[["points"]], 0)
    assert scorer.asked == {7: 5}
    ask(people([7])[["name", "points"]], 0)  # the order of columns is none of the row's
    ask(people([7]).set_index(pd.Index(["x"])), 0)
    assert scorer.asked == {7: 5}


@pytest.mark.parametrize(
    "answers",
    [
        Answers(np.array([True, False]), None),
        Answers(np.array(["ja", "nein\u2028"], object), np.array([0.1 + 0.2, 5e-324])),
        Answers(np.array([1, 0]), np.array([1.0, 0.0])),
        Answers(np.array([0.5, 2.0]), None),
    ],
)
def test_answers_come_back_as_they_were(tmp_path, answers):
    ask = cached(lambda *_: answers, tmp_path / "answers.db", KEY)
    asked = [ask(people([7, 4]), 0) for _ in range(2)]
    for made in asked:
        for was, now in zip(answers, made, strict=True):
            assert (was is None) == (now is None)
            assert was is None or (was.tolist() == now.tolist() and was.dtype == now.dtype)


def test_the_file_is_its_owners_and_has_no_row_in_it(tmp_path):
    path = tmp_path / "answers.db"
    before = os.umask(0)
    try:
        cached(Scorer(), path, KEY)(people([7, 4]), 0)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_bytes()
    for word in (b"Ann", b"points", b"name", KEY.encode()):
        assert word not in written
    with sqlite3.connect(path) as db:
        kept = db.execute("SELECT question, answer FROM answers").fetchall()
    db.close()
    assert [len(question) for question, _ in kept] == [32, 32]
    assert {answer for _, answer in kept} == {"[null, 0.7]", "[null, 0.4]"}


def database(statement):
    def make(path):
        db = sqlite3.connect(path)
        db.execute(statement)
        db.commit()
        db.close()

    return make


def damaged(at, by=b"\xff" * 64):
    def make(path):
        cached(Scorer(), path, KEY)(people(range(300)), 0)
        written = bytearray(path.read_bytes())
        written[at : at + len(by)] = by
        path.write_bytes(written)

    return make


def cut_short(path):
    cached(Scorer(), path, KEY)(people(range(300)), 0)
    path.write_bytes(path.read_bytes()[:-4096])


def changed(statement):
    def make(path):
        cached(Scorer(), path, KEY)(people(range(300)), 0)
        database(statement)(path)

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("sex,points\nF,7\n" * 100), "none of fairwitness, is damaged"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(4080)), "none of fairwitness, is damaged"),
        (database("CREATE TABLE people (name TEXT)"), "a database, but no cache of fairwitness"),
        (database("PRAGMA application_id = 7"), "a database, but no cache of fairwitness"),
        (changed("PRAGMA user_version = 2"), "a cache of another version of fairwitness"),
        (changed("DROP TABLE answers"), "is damaged"),
        (changed("UPDATE answers SET answer = '[null, 0.7'"), "an answer in it cannot be read"),
        (changed("UPDATE answers SET answer = '[null, \"0.7\"]'"), "an answer in it cannot be read"),
        (changed("UPDATE answers SET answer = '[[], 0.7]'"), "an answer in it cannot be read"),
        (changed("UPDATE answers SET answer = '0.7'"), "an answer in it cannot be read"),
        (changed("UPDATE answers SET answer = '[null, null]'"), "an answer in it cannot be read"),
        (
            changed("UPDATE answers SET answer = replace(hex(zeroblob(50000)), '0', '[')"),
            "an answer in it cannot be read",
        ),
        (changed("UPDATE answers SET answer = CAST(x'5b1b5b33316dff' AS TEXT)"), "an answer in it cannot be read"),
        (damaged(at=4096), "is damaged"),
        (damaged(at=0), "is damaged"),
        (cut_short, "is damaged"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_and_left_as_it_is(tmp_path, make, said):
    path = tmp_path / "answers.db"
    make(path)
    before = path.read_bytes()
    scorer = Scorer()
    with pytest.raises(fw.FairwitnessError) as caught:
        cached(scorer, path, KEY)(people(range(300)), 0)
    assert said in str(caught.value)
    assert "answers.db" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert not scorer.asked
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_made(tmp_path):
    for path, said in ((tmp_path / "no" / "answers.db", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(fw.FairwitnessError, match=f"the cache cannot be written \\({said}"):
            cached(Scorer(), path, KEY)(people([7]), 0)


def test_an_answer_of_the_wrong_length_is_not_kept(tmp_path):
    path = tmp_path / "answers.db"
    with pytest.raises(fw.FairwitnessError, match="made 1 predictions for 2 rows"):
        cached(lambda *_: Answers(None, np.array([0.5])), path, KEY)(people([7, 4]), 0)
    scorer = Scorer()
    cached(scorer, path, KEY)(people([7, 4]), 0)
    assert scorer.asked == {7: 1, 4: 1}


PROGRAM = """
import os, sys
import numpy as np, pandas as pd
from fairwitness.audit.models.cache import cached, model_key
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Answers

path, log, killed_at = sys.argv[1], sys.argv[2], int(sys.argv[3])
calls = 0

def ask(rows, draw):
    global calls
    calls += 1
    if calls == killed_at:
        os.kill(os.getpid(), 9)
    with open(log, "a") as file:
        file.writelines(f"{point}\\n" for point in rows["points"])
    return Answers(None, rows["points"].to_numpy(float))

rows = pd.DataFrame({"points": range(200)})
print(cached(ask, path, model_key("function", "points", version="1"), batch=20)(rows, 0).score.sum())
"""


def test_a_run_that_is_killed_loses_no_answer_that_it_had(tmp_path):
    log = tmp_path / "log"
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "answers.db"), str(log)]
    assert subprocess.run([*words, "6"], check=False).returncode == -signal.SIGKILL
    assert len(log.read_text().split()) == 100
    done = subprocess.run([*words, "0"], check=True, capture_output=True, text=True)
    assert done.stdout == "19900.0\n"  # 0 + 1 + … + 199
    assert Counter(log.read_text().split()) == dict.fromkeys(map(str, range(200)), 1)


def test_several_processes_share_a_file(tmp_path):
    path = tmp_path / "answers.db"
    words = [sys.executable, "-c", PROGRAM, str(path)]
    running = [
        subprocess.Popen([*words, str(tmp_path / f"log{i}"), "0"], stdout=subprocess.PIPE, text=True) for i in range(3)
    ]
    assert [process.communicate(timeout=60)[0] for process in running] == ["19900.0\n"] * 3
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("SELECT count(*) FROM answers").fetchone() == (200,)
    db.close()


def test_progress_is_shown_on_a_terminal_and_nowhere_else(tmp_path, capfd):
    model = Model("points", "function", cached(Scorer(), tmp_path / "answers.db", KEY, batch=1))
    model.score(people([7, 4]))
    assert capfd.readouterr() == ("", "")

    ours, theirs = os.openpty()
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "b.db"), str(tmp_path / "log"), "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=os.environ | {"TERM": "xterm"}) as process:
        assert process.communicate(timeout=60)[0] == b"19900.0\n"
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "Asking the model" in shown
    assert "200/200" in shown


def test_a_function_in_memory_may_have_its_answers_kept_and_an_estimator_may_not(tmp_path):
    asked = []

    def score(rows):
        asked.append(rows["points"].tolist())
        return rows["points"] / 10

    given = {"cache": tmp_path / "answers.db", "version": "1", "batch": 2}
    for _ in range(2):
        assert load_model(score, **given).score(people([7, 4, 9])).tolist() == [0.7, 0.4, 0.9]
    assert asked == [[7, 4], [9]]
    with pytest.raises(fw.FairwitnessError, match="version = '1'"):
        load_model(score, cache=tmp_path / "answers.db")

    class Estimator:
        def predict(self, rows):
            return rows["points"] > 5

    with pytest.raises(fw.FairwitnessError, match="'cache', 'version' say nothing about a model of the kind estimator"):
        load_model(Estimator(), cache=tmp_path / "answers.db", version="1")
