"""A model that is a program: what it is given, what it may answer, how it may fail, and that it is ended."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.models.command import command_model

CANARY = "Ann Ominous"  # stands in every row: no message may have it


def people(n):
    return pd.DataFrame({"id": range(n), "points": range(n), "name": CANARY})


@pytest.fixture
def program(tmp_path):
    """Return a function that writes a program of Python and returns the command that runs it."""

    def write(text, name="score.py"):
        path = tmp_path / name
        path.write_text(f"import json, os, sys, time\n{text}\n")
        return f"'{sys.executable}' '{path}'"

    return write


def kept(error):
    return f"{error!r} {error.__cause__!r} {error.__context__!r}"


SCORES = "for line in sys.stdin: print(json.loads(line)['points'] / 10, flush=True)"


def test_one_object_a_line_in_one_prediction_a_line_out(program, tmp_path):
    command = program(
        f"text = sys.stdin.read(); open({str(tmp_path / 'in')!r}, 'a').write(text); print('0.5\\n' * text.count('\\n'), end='')"
    )
    rows = pd.DataFrame({"text": ["é\n\u2028", None], "whole": [2**53 + 1, 1], "number": [0.1 + 0.2, np.nan]})
    assert command_model(command).score(rows).tolist() == [0.5, 0.5]
    lines = (tmp_path / "in").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"text": "é\n\u2028", "whole": 9007199254740993, "number": 0.30000000000000004},
        {"text": None, "whole": 1, "number": None},
    ]


@pytest.mark.parametrize(
    ("answer", "decisions", "scores"),
    [
        ("row['points'] > 0", [False, True], [0.0, 1.0]),
        ("['reject', 'advance'][row['points']]", ["reject", "advance"], None),
        ("row['points']", [0.0, 1.0], [0.0, 1.0]),  # zeros and ones are both
        ("{'score': 0.25 + row['points'], 'decision': 'x'}", ["x", "x"], [0.25, 1.25]),
    ],
)
def test_what_it_may_answer(program, answer, decisions, scores):
    model = command_model(program(f"for line in sys.stdin:\n row = json.loads(line)\n print(json.dumps({answer}))"))
    assert model.predict(people(2)) == decisions
    if scores is not None:
        assert model.score(people(2)).tolist() == scores


def test_it_is_started_for_each_batch_and_given_the_named_columns(program, tmp_path):
    command = program(
        f"lines = sys.stdin.readlines(); open({str(tmp_path / 'log')!r}, 'a').write(json.dumps(lines) + '\\n')\n"
        "for line in lines: print(json.loads(line)['points'])"
    )
    model = command_model(command, batch=3, features=["points", "id"])
    assert model.score(people(7)).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    starts = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [len(lines) for lines in starts] == [3, 3, 1]
    assert starts[2] == ['{"points": 6, "id": 6}\n']


def test_much_goes_through_at_once_without_a_deadlock(program):
    """Far more than a pipe holds (64 KiB on Linux) in both directions, answered line by line."""
    rows = pd.DataFrame({"points": range(3000), "text": "x" * 2000})
    model = command_model(
        program(
            "for line in sys.stdin: print(json.dumps({'score': json.loads(line)['points'], 'decision': 'y' * 500}))"
        ),
        batch=3000,
    )
    assert model.score(rows).tolist() == list(range(3000))


def test_a_program_that_does_not_read_may_still_answer(program):
    assert command_model(program("print('0.5\\n' * 2000, end='')"), batch=2000).score(people(2000)).sum() == 1000.0


FAILURES = {
    "it ends with an error": ("sys.exit(3)", "it ended with exit code 3"),
    "it answers and ends with an error": ("print('0.5\\n' * 10, end=''); sys.exit(1)", "it ended with exit code 1"),
    "it raises and quotes a row": ("raise ValueError(sys.stdin.readline())", "it ended with exit code 1"),
    "it kills itself": ("sys.stdout.flush(); os.kill(os.getpid(), 9)", "it ended by signal SIGKILL"),
    "it is ended by a signal without a name": ("os.kill(os.getpid(), 40)", "it ended by signal 40"),
    "it hangs": ("time.sleep(60)", "it did not end within 1 seconds"),
    "it answers and hangs": ("print('0.5\\n' * 10, flush=True); time.sleep(60)", "it did not end within 1 seconds"),
    "it closes its output and hangs": ("os.close(1); time.sleep(60)", "it did not end within 1 seconds"),
    "it says nothing": ("sys.stdin.read()", "0 lines for 10 rows"),
    "it leaves a row out": ("print('0.5\\n' * 9, end='')", "9 lines for 10 rows"),
    "it adds a row": ("print('0.5\\n' * 11, end='')", "11 lines for 10 rows"),
    "it tells how it goes": ("print('loading …'); print('0.5\\n' * 9, end='')", "its line 1 of 10 is not JSON"),
    "it repeats what it is asked": ("for line in sys.stdin: print(line, end='')", "an object with other keys"),
    "it sends NaN": ("print('NaN\\n' * 10, end='')", "its line 1 of 10 has NaN or Infinity"),
    "it sends null": ("print('0.5\\n' * 9 + 'null')", "prediction 10 of 10 is null"),
    "it sends empty lines": ("print('\\n' * 10, end='')", "its line 1 of 10 is not JSON"),
    "it sends bytes that are no text": ("os.write(1, b'\"\\xff\"\\n' * 10)", "its line 1 of 10 is not UTF-8"),
    "it mixes kinds": (
        "print('0.5\\n' * 9 + 'true')",
        "prediction 10 of 10 gives a boolean decision, and the first a score",
    ),
    "it never stops": ("while True: os.write(1, b'0.5\\n' * 1000)", "it wrote more than 106,496 bytes"),
    "it writes one endless line": ("while True: os.write(1, b'1' * 10000)", "it wrote more than 106,496 bytes"),
}


@pytest.mark.parametrize(("fault", "said"), FAILURES.values(), ids=FAILURES.keys())
def test_what_goes_wrong_ends_in_one_clear_error_and_no_row_is_scored_twice(program, tmp_path, capfd, fault, said):
    log = tmp_path / "log"
    logs = f"open({str(log)!r}, 'a').writelines(lines)\nfor line in lines: print(json.loads(line)['points'] / 10)"
    command = program(
        f"if os.environ.get('FAULT') == 'yes' and os.path.exists({str(log)!r}):\n"
        + "".join(f" {line}\n" for line in f"print({CANARY!r}, file=sys.stderr)\n{fault}\nsys.exit()".splitlines())
        + f"lines = sys.stdin.readlines()\n{logs}"
    )
    model = command_model(command, batch=10, timeout=1, cache=tmp_path / "answers.db", version="1")
    os.environ["FAULT"] = "yes"
    began = time.monotonic()
    try:
        with pytest.raises(fw.FairwitnessError) as caught:
            model.score(people(25))
    finally:
        del os.environ["FAULT"]
    assert time.monotonic() - began < 10
    message = str(caught.value)
    assert message.startswith(f"{Path(sys.executable).name}: ")
    assert said in message
    assert message.endswith(
        "10 of the 25 rows were answered before and are kept in answers.db: ask again, and only the others are asked."
    )
    assert CANARY not in kept(caught.value)
    assert str(tmp_path) not in kept(caught.value)
    assert capfd.readouterr() == ("", "")

    assert model.score(people(25)).tolist() == [i / 10 for i in range(25)]
    asked = Counter(json.loads(line)["id"] for line in log.read_text().splitlines())
    assert asked == dict.fromkeys(range(25), 1)


def test_what_it_has_started_is_ended_with_it(program, tmp_path):
    """A child of the program would hold its output open, and go on."""
    command = program(
        f"pid = os.fork()\nif pid == 0:\n time.sleep(60)\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(pid))\n"
        "for line in sys.stdin: print(0.5)"
    )
    with pytest.raises(fw.FairwitnessError, match="it did not end within 1 seconds"):
        command_model(command, timeout=1).score(people(2))
    pid, until = int((tmp_path / "pid").read_text()), time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert not alive(pid)


def alive(pid):
    """Return whether a process runs; one that has ended and was not yet asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_no_shell_reads_the_command(program, tmp_path):
    command = program("print(json.dumps(' '.join(sys.argv[1:])))")
    made = command_model(f"{command} '$HOME' \"two words\" ; touch {tmp_path}/made | cat > {tmp_path}/made '*'")
    assert made.predict(people(1)) == [f"$HOME two words ; touch {tmp_path}/made | cat > {tmp_path}/made *"]
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "The command is empty"),
        ("   ", "The command is empty"),
        ("score 'half", "a quotation mark in it is not closed"),
        ("no-such-program-anywhere --token k3y", "There is no program 'no-such-program-anywhere'"),
        ("./no/such/program", "There is no program './no/such/program'"),
    ],
)
def test_commands_that_cannot_be_run(command, said):
    with pytest.raises(fw.FairwitnessError) as caught:
        command_model(command)
    assert said in str(caught.value)
    assert "k3y" not in kept(caught.value)


def test_a_file_that_is_no_program(tmp_path):
    path = tmp_path / "score"
    path.write_text("no program")
    with pytest.raises(fw.FairwitnessError, match="There is no program"):
        command_model(str(path))
    path.chmod(0o755)
    with pytest.raises(fw.FairwitnessError, match="the program cannot be started"):
        command_model(str(path)).score(people(1))


def test_the_record_has_digests_and_no_argument(tmp_path):
    path = tmp_path / "score"
    path.write_text(f"#!{sys.executable}\n{SCORES.replace('for', 'import json, sys' + chr(10) + 'for')}\n")
    path.chmod(0o755)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    model = command_model(f"{path} --token k3y")
    assert model.score(people(2)).tolist() == [0.0, 0.1]
    assert model.name == "score"
    assert model.sha256 == digest
    assert model.to_json()["facts"]["files"] == [{"name": "score", "sha256": digest}]

    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"7")
    model = command_model(f"{path} {weights} --token k3y")
    assert model.sha256 is None
    assert [file["name"] for file in model.to_json()["facts"]["files"]] == ["score", "weights.bin"]
    shown = repr(model) + json.dumps(model.to_json())
    assert "k3y" not in shown
    assert str(tmp_path) not in shown


def test_other_arguments_and_other_files_are_another_model(program, tmp_path):
    command, log = program(f"open({str(tmp_path / 'log')!r}, 'a').write('x'); print(0.5)"), tmp_path / "log"
    weights = tmp_path / "weights.bin"

    def starts(arguments, version="1"):
        before = len(log.read_text()) if log.exists() else 0
        command_model(f"{command} {arguments}", cache=tmp_path / "answers.db", version=version).score(people(1))
        return len(log.read_text()) - before

    weights.write_bytes(b"7")
    assert starts(f"-w {weights}") == 1
    assert starts(f"-w {weights}") == 0
    assert starts(f"-w {weights} -v") == 1
    assert starts(f"-w {weights}", version="2") == 1
    weights.write_bytes(b"8")
    assert starts(f"-w {weights}") == 1


def test_a_cache_needs_a_version(program, tmp_path):
    with pytest.raises(fw.FairwitnessError, match="version = '1'"):
        command_model(program(SCORES), cache=tmp_path / "answers.db")


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_time_out_of_range(program, timeout):
    with pytest.raises(fw.FairwitnessError, match="timeout"):
        command_model(program(SCORES), timeout=timeout)
