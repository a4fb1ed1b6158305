"""What `fw.log_to_mlflow` leaves in a run, read back with MLflow's own client from a store in a database file."""

from __future__ import annotations

import json
import sys
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit import mlflow_run
from fairwitness.audit.evidence.manifest import verify_folder
from fairwitness.audit.mlflow_metrics import VERDICTS, Place, names
from fairwitness.audit.mlflow_run import log_to_mlflow
from fairwitness.audit.tally import Axis, Tally

SELECTED = ("selected", "not_selected")


def counted(attributes, groups):
    """Return a tally: for each group (labels joined by ·) the numbers selected and not selected."""
    cells = {
        (*label.split("·"), outcome): n
        for label, pair in groups.items()
        for outcome, n in zip(SELECTED, pair, strict=True)
    }
    return Tally.of([*(Axis(name, "protected") for name in attributes.split("·")), Axis("hired", "decision")], cells)


@pytest.fixture
def audit():
    """48 of 80 women, 60 of 80 men."""
    return fw.run_audit(counted("sex", {"F": (48, 32), "M": (60, 20)}))


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture(scope="module")
def mlflow(need, tmp_path_factory):
    """MLflow with a store of its own; nothing of it is sent anywhere."""
    need("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        patch.setenv("DO_NOT_TRACK", "true")
        patch.delenv("MLFLOW_RUN_ID", raising=False)
        import mlflow

        place = tmp_path_factory.mktemp("mlflow")
        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(f"sqlite:///{place / 'runs.db'}")
        mlflow.create_experiment("audits", artifact_location=(place / "artefacts").as_uri())
        mlflow.set_experiment("audits")
        yield mlflow
        mlflow.set_tracking_uri(before)


@pytest.fixture
def client(mlflow):
    yield mlflow.MlflowClient()
    while mlflow.active_run():
        mlflow.end_run()


def logged(client, run_id, prefix="fairwitness"):
    """Return the metrics, parameters and tags under a prefix, without it."""
    data = client.get_run(run_id).data
    return tuple(
        {name.removeprefix(f"{prefix}/"): value for name, value in kind.items() if name.startswith(f"{prefix}/")}
        for kind in (data.metrics, data.params, data.tags)
    )


def report(client, run_id, place, path="fairwitness"):
    """Return the folder that was logged, fetched again."""
    from pathlib import Path

    return Path(client.download_artifacts(run_id, path, str(place)))


# -- what is logged --------------------------------------------------------------------------------------------


def test_the_figures_are_there_under_names_that_a_person_can_guess(client, audit):
    metrics, _, tags = logged(client, log_to_mlflow(audit))
    assert metrics["sex/selection_rate/F"] == 0.6  # 48/80
    assert metrics["sex/selection_rate/M"] == 0.75  # 60/80
    assert metrics["sex/impact_ratio/F"] == pytest.approx(0.8)  # 0.6/0.75
    assert metrics["sex/selection_rate_low/F"] < 0.6 < metrics["sex/selection_rate_high/F"]
    # 0.8 is not below 4/5, and its interval straddles it: one finding, inconclusive.
    verdicts = {name: metrics[f"findings/verdict/{name}"] for name in (*VERDICTS, "attention")}
    assert verdicts == {
        "beyond": 0,
        "within": 0,
        "inconclusive": 1,
        "not_evaluable": 0,
        "attention": verdicts["attention"],
    }
    assert verdicts["attention"] == sum(f.attention for f in audit.findings)
    assert tags == {}


def test_everything_logged_is_in_the_report_and_equal(client, tmp_path):
    groups = {"F·A": (30, 50), "F·B": (20, 70), "F·C": (0, 12), "M·A": (41, 33), "M·B": (25, 61), "M·C": (9, 2)}
    tally = counted("sex·race", groups)
    run_id = log_to_mlflow(fw.run_audit(tally, jurisdiction="us"))
    folder = report(client, run_id, tmp_path)
    assert verify_folder(folder) == ()
    said = json.loads((folder / "audit.json").read_bytes())
    expected = {}
    for table in said["tables"]:
        for group in table["groups"]:
            for figure in ("selection_rate", "impact_ratio"):
                for end in ("value", "low", "high"):
                    name = figure if end == "value" else f"{figure}_{end}"
                    place = f"{' x '.join(table['by'])}/{name}/{' x '.join(group['group'])}"
                    expected[place] = group["estimates"][figure][end]
    for verdict in VERDICTS:
        expected[f"findings/verdict/{verdict}"] = sum(f["verdict"] == verdict for f in said["findings"])
    expected["findings/verdict/attention"] = sum(f["attention"] for f in said["findings"])
    metrics, params, _ = logged(client, run_id)
    assert metrics == {name: value for name, value in expected.items() if value is not None}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert params == {
        "plan_sha256": said["audit"]["plan_sha256"],
        "tally_sha256": said["audit"]["tally_sha256"],
        "manifest_sha256": manifest["digest"],
        "version": fw.__version__,
        "jurisdiction": "us",
    }


def test_an_undefined_figure_is_no_metric_and_is_named_in_a_tag(client):
    # One group alone has a rate, and no ratio.
    metrics, _, tags = logged(client, log_to_mlflow(fw.run_audit(counted("site", {"only": (12, 3)}))))
    assert metrics["site/selection_rate/only"] == 0.8
    assert not any("impact_ratio" in name for name in metrics)
    assert tags == {"undefined": "fairwitness/site/impact_ratio/only (single_group)"}


def test_the_reference_has_a_ratio_and_no_interval_around_it(client, audit):
    metrics, _, _ = logged(client, log_to_mlflow(audit))
    assert metrics["sex/impact_ratio/M"] == 1
    assert not {"sex/impact_ratio_low/M", "sex/impact_ratio_high/M"} & metrics.keys()


def test_a_figure_of_the_whole_table_that_a_policy_looks_at(client):
    line = {
        "name": "gap",
        "metric": "demographic_parity_difference",
        "at_most": "0.1",
        "source": "a contract",
        "rule": "clear",
    }
    result = fw.run_audit(counted("sex", {"F": (48, 32), "M": (60, 20)}), policy=[line], resamples=200)
    metrics, _, _ = logged(client, log_to_mlflow(result))
    assert metrics["sex/demographic_parity_difference/all groups"] == pytest.approx(0.15)  # 0.75 - 0.60


def test_two_measures_of_one_attribute_keep_apart(client):
    import pandas as pd

    # Women: 1 of 4 selected, 3 of 4 above the median 4.5; men: 3 of 4, and 1 of 4.
    people = pd.DataFrame({
        "sex": list("FFFFMMMM") * 5,
        "score": [1, 6, 7, 8, 2, 3, 4, 5] * 5,
        "hired": [1, 0, 0, 0, 1, 1, 1, 0] * 5,
    })  # fmt: skip
    decisions = fw.load(people, protected=["sex"], decision="hired", score="score")
    metrics, _, _ = logged(client, log_to_mlflow(fw.run_audit(decisions)))
    assert metrics["sex/selection_rate/F"] == 0.25
    assert metrics["sex scoring_rate/scoring_rate/F"] == 0.75
    assert metrics["sex/impact_ratio/F"] == pytest.approx(1 / 3)
    assert metrics["sex scoring_rate/impact_ratio/M"] == pytest.approx(1 / 3)


def test_more_metrics_than_one_request_takes(client, audit, monkeypatch):
    whole, _, _ = logged(client, log_to_mlflow(audit))
    monkeypatch.setattr(mlflow_run, "AT_ONCE", 3)
    assert logged(client, log_to_mlflow(audit))[0] == whole
    assert len(whole) > 2 * 3


# -- names -----------------------------------------------------------------------------------------------------


def test_labels_whose_names_would_be_the_same_keep_a_figure_each(client):
    # All six become "n_a" where neither case nor accents count.  Rates 0.1 to 0.6 tell them apart.
    alike = {
        label: (10 * k, 100 - 10 * k) for k, label in enumerate(["n/a", "n_a", "N_A", "n:a", "ñ_a", "n\u200ba"], 1)
    }
    metrics, _, _ = logged(client, log_to_mlflow(fw.run_audit(counted("group", alike))))
    rates = {name: value for name, value in metrics.items() if name.startswith("group/selection_rate/")}
    assert sorted(rates.values()) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert len({name.rpartition("/")[2] for name in metrics if name.startswith("group/")}) == 6  # one ending a group
    again, _, _ = logged(client, log_to_mlflow(fw.run_audit(counted("group", dict(reversed(alike.items()))))))
    assert again == metrics  # the same names, in whatever order the labels come


def test_a_name_does_not_change_because_of_other_groups(client):
    one, _, _ = logged(client, log_to_mlflow(fw.run_audit(counted("age", {"<25": (5, 5), "25–39": (7, 3)}))))
    two, _, _ = logged(
        client, log_to_mlflow(fw.run_audit(counted("age", {"<25": (5, 5), "25–39": (7, 3), "40+": (6, 4)})))
    )
    assert two.keys() >= one.keys()
    assert two["age/selection_rate/40 or more"] == 0.6


AWKWARD = [
    "",
    ".",
    "..",
    "/",
    "a/b",
    "a_b",
    "A_b",
    " a",
    "a ",
    "a.",
    "x" * 300,
    "\ud800",
    "\u202e",
    "\u00e9",
    "e\u0301",
]
LABELS = st.sampled_from(AWKWARD) | st.text(max_size=80)
PLACES = st.builds(
    Place,
    st.lists(LABELS, min_size=1, max_size=3).map(tuple),
    st.sampled_from(["selection_rate", "scoring_rate"]),
    st.sampled_from(["selection_rate_high", "demographic_parity_difference"]),
    st.lists(LABELS, max_size=3).map(tuple),
)


@pytest.mark.usefixtures("mlflow")
@given(st.lists(PLACES, unique=True, max_size=30))
def test_mlflow_takes_every_name_and_no_two_meet(places):
    from mlflow.utils.validation import MAX_ENTITY_KEY_LENGTH, _validate_metric_name

    made = list(names(places, "p" * 60).values())
    assert len({name.casefold() for name in made}) == len(places)
    folders = {str(parent).casefold() for name in made for parent in PurePosixPath(name).parents}
    for name in made:
        _validate_metric_name(name)
        assert ":" not in name  # which Windows does not take
        assert len(name) <= MAX_ENTITY_KEY_LENGTH
        assert name.casefold() not in folders  # stores of files keep a metric in a file of this name


@pytest.mark.parametrize("prefix", ["", "/a", "a/", "a//b", "../a", "a:b", "a\nb", "a" * 61, "a/./b", " a"])
def test_a_prefix_that_no_name_can_begin_with_is_refused_before_anything_is_logged(mlflow, audit, prefix):
    before = len(mlflow.search_runs(output_format="list"))
    with pytest.raises(fw.FairwitnessError, match=r"^prefix: "):
        log_to_mlflow(audit, prefix=prefix)
    assert len(mlflow.search_runs(output_format="list")) == before


# -- which run -------------------------------------------------------------------------------------------------


def test_without_a_run_one_is_started_and_ended(mlflow, client, audit):
    run_id = log_to_mlflow(audit)
    assert client.get_run(run_id).info.status == "FINISHED"
    assert mlflow.active_run() is None


def test_the_active_run_is_used_and_stays_active(mlflow, client, audit):
    with mlflow.start_run() as outer:
        with mlflow.start_run(nested=True) as inner:
            assert log_to_mlflow(audit) == inner.info.run_id
            assert mlflow.active_run().info.run_id == inner.info.run_id
        mlflow.log_metric("accuracy", 0.9)
        assert client.get_run(outer.info.run_id).data.metrics == {"accuracy": 0.9}
    assert logged(client, inner.info.run_id)[0]["sex/selection_rate/F"] == 0.6


def test_a_run_may_be_named_also_when_it_has_ended_or_another_is_active(mlflow, client, audit):
    with mlflow.start_run() as ended:
        pass
    with mlflow.start_run() as active:
        assert log_to_mlflow(audit, run_id=ended.info.run_id) == ended.info.run_id
        assert mlflow.active_run().info.run_id == active.info.run_id
    assert client.get_run(ended.info.run_id).info.status == "FINISHED"
    assert logged(client, ended.info.run_id)[0]["sex/selection_rate/F"] == 0.6
    assert logged(client, active.info.run_id) == ({}, {}, {})


def test_two_audits_of_one_run_have_a_prefix_and_a_folder_each(client, audit, tmp_path):
    other = fw.run_audit(counted("sex", {"F": (50, 50), "M": (60, 40)}))
    run_id = log_to_mlflow(audit)
    log_to_mlflow(other, run_id=run_id, prefix="fairwitness/second stage", artifact_path="second_stage")
    assert logged(client, run_id)[0]["sex/selection_rate/F"] == 0.6
    assert logged(client, run_id, "fairwitness/second stage")[0]["sex/selection_rate/F"] == 0.5
    assert verify_folder(report(client, run_id, tmp_path)) == ()
    assert verify_folder(report(client, run_id, tmp_path, "second_stage")) == ()


# -- in CI -----------------------------------------------------------------------------------------------------

# 41 of 80 and 52 of 80 selected; of the two people of the third group one.
WITH_A_SMALL_GROUP = {"F": (41, 39), "M": (52, 28), "Intersex": (1, 1)}


@pytest.fixture
def ci(monkeypatch):
    monkeypatch.setenv("CI", "true")


def everything(client, run_id, place):
    """Return all that a reader of the run can read, as one text."""
    files = [file.read_text(encoding="utf-8") for file in report(client, run_id, place).rglob("*") if file.is_file()]
    return "\n".join([json.dumps(client.get_run(run_id).data.to_dictionary()), *files])


def test_outside_ci_a_small_group_is_logged_like_any_other(client):
    metrics, _, _ = logged(client, log_to_mlflow(fw.run_audit(counted("sex", WITH_A_SMALL_GROUP))))
    assert metrics["sex/selection_rate/Intersex"] == 0.5


@pytest.mark.usefixtures("ci")
def test_in_ci_no_figure_of_a_small_group_leaves(client, tmp_path):
    result = fw.run_audit(counted("sex", WITH_A_SMALL_GROUP))
    run_id = log_to_mlflow(result)
    metrics, params, _ = logged(client, run_id)
    assert "Intersex" not in " ".join(metrics)
    assert metrics["sex/selection_rate/M"] == 0.65  # 52/80, which is not small
    said = everything(client, run_id, tmp_path)
    assert "0.5" not in {str(value) for value in metrics.values()}
    assert result.tally.digest not in said  # a digest of few counts tells them to whoever tries them all
    folder = tmp_path / "fairwitness"
    assert verify_folder(folder) == ()
    content = json.loads((folder / "audit.json").read_bytes())
    assert params["tally_sha256"] == content["audit"]["tally_sha256"]
    groups = [group for table in content["tables"] for group in table["groups"] if group["n"]]
    assert all(min(group["selected"], group["n"] - group["selected"]) >= 10 for group in groups)
    rates = {value for name, value in metrics.items() if name.startswith("sex/selection_rate/")}
    assert rates == {group["estimates"]["selection_rate"]["value"] for group in groups}


@pytest.mark.usefixtures("ci")
def test_in_ci_where_nothing_may_be_shown_the_run_says_so(client):
    result = fw.run_audit(counted("sex", {"F": (3, 2), "M": (4, 1)}))
    run_id = log_to_mlflow(result)
    metrics, params, tags = logged(client, run_id)
    assert (metrics, tags.keys()) == ({}, {"withheld"})
    assert params.keys() == {"plan_sha256", "version", "jurisdiction"}
    assert client.list_artifacts(run_id) == []


# -- when it cannot be done ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"artifact_path": "other"}, "prefix 'fairwitness' already"),
        ({"prefix": "other"}, "artefacts in 'fairwitness' already"),
    ],
)
def test_another_audit_of_the_run_is_not_written_over(client, audit, tmp_path, given, message):
    run_id = log_to_mlflow(audit)
    before = client.get_run(run_id).data.to_dictionary()
    with pytest.raises(fw.FairwitnessError, match=message):
        log_to_mlflow(fw.run_audit(counted("sex", {"F": (1, 9), "M": (9, 1)})), run_id=run_id, **given)
    assert client.get_run(run_id).data.to_dictionary() == before
    assert [file.path for file in client.list_artifacts(run_id)] == ["fairwitness"]
    assert verify_folder(report(client, run_id, tmp_path)) == ()


@pytest.mark.usefixtures("mlflow")
def test_a_run_that_is_not_there(audit):
    with pytest.raises(fw.FairwitnessError, match="0123456789abcdef"):
        log_to_mlflow(audit, run_id="0123456789abcdef0123456789abcdef")


def test_where_artefacts_cannot_be_kept_a_run_that_was_started_is_marked_as_failed(mlflow, client, audit, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    experiment = mlflow.create_experiment("without place", artifact_location=(tmp_path / "file" / "below").as_uri())
    mlflow.set_experiment("without place")
    try:
        with pytest.raises(fw.FairwitnessError, match="not logged, or not whole: "):
            log_to_mlflow(audit)
    finally:
        mlflow.set_experiment("audits")
    (run,) = client.search_runs([experiment])
    assert run.info.status == "FAILED"
    assert (run.data.metrics, run.data.params) == ({}, {})
    assert mlflow.active_run() is None


@pytest.mark.parametrize("call", [1, 2, 3])
def test_the_digests_come_last_so_a_run_that_has_them_has_everything(mlflow, client, audit, monkeypatch, call):
    calls = iter(range(1, 10))
    real = mlflow.MlflowClient.log_batch

    def breaks(*args, **kwargs):
        if next(calls) == call:
            raise mlflow.exceptions.MlflowException("the line went dead")
        return real(*args, **kwargs)

    monkeypatch.setattr(mlflow.MlflowClient, "log_batch", breaks)
    with mlflow.start_run() as run:
        with pytest.raises(fw.FairwitnessError, match=r"the line went dead.*plan_sha256"):
            log_to_mlflow(audit)
        assert mlflow.active_run().info.run_id == run.info.run_id  # the caller's run is the caller's to end
    assert "fairwitness/plan_sha256" not in client.get_run(run.info.run_id).data.params
    assert next(calls) == call + 1  # and nothing was tried after that


def test_without_mlflow_the_message_says_what_to_install(audit, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(fw.FairwitnessError, match=r"pip install 'fairwitness\[mlflow\]'"):
        log_to_mlflow(audit)
