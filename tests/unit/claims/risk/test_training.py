"""From a table to a model: columns by the mapping, parts by time, calibrated chances, drift, and what is refused by name."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from anpei.claims.risk.rules import load_risk
from anpei.claims.risk.scorer import drift, training
from anpei.claims.risk.scorer.artefact import Model, write_model
from anpei.claims.risk.scorer.history import HistoryRefused, day_text, read_history
from anpei.claims.risk.scorer.mapping import FeatureForbidden, HistoryMapping, check_features
from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook
from tests.factories import histories

RULES = load_risk(shipped_rulebook())
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, training.Trained, Path]:
    """A model of a made history of 6,000 rows, trained once."""
    folder = tmp_path_factory.mktemp("risk")
    table = histories.write(folder / "history.csv", histories.rows(6000))
    mapping = histories.mapping()
    made = training.train(read_history(table, mapping=mapping), mapping=mapping, settings=RULES.training)
    model = write_model(folder / "models", trained=made, mapping=mapping, settings=RULES.training, table_sha256="0" * 64, at=AT)
    return model, made, folder


def test_the_parts_are_apart_in_time(trained: tuple[Model, training.Trained, Path]) -> None:
    windows = trained[1].windows
    assert windows["learn"]["from"] == "2024-01-01"
    assert windows["learn"]["to"] < windows["calibrate"]["from"] <= windows["calibrate"]["to"] < windows["test"]["from"]
    assert [windows[name]["rows"] for name in ("learn", "calibrate", "test")] == [3600, 1200, 1200]


def test_rows_whose_outcome_was_not_known_yet_are_left_out(tmp_path: Path) -> None:
    mapping = histories.mapping(outcome_known_after_days=30)
    history = read_history(histories.write(tmp_path / "h.csv", histories.rows(4000)), mapping=mapping)
    parts = training.split_by_time(history, mapping=mapping, settings=RULES.training)
    assert int(parts.learn.days.max()) < int(parts.calibrate.days.min()) - 30
    assert int(parts.calibrate.days.max()) < int(parts.test.days.min()) - 30


def test_it_finds_what_was_put_in_and_not_what_was_not(trained: tuple[Model, training.Trained, Path]) -> None:
    model, made, _ = trained
    assert made.metrics["test"]["auc"] > 0.74
    assert made.metrics["test"]["auc"] > made.metrics["baseline"]["auc"] - 0.01
    bins = made.metrics["reliability"]
    assert sum(one["rows"] * abs(one["told"] - one["came_true"]) for one in bins) / sum(one["rows"] for one in bins) < 0.04
    high = model.score({"amount": 9000.0, "days": 5, "hospital": "C", "noise": 0.0})
    low = model.score({"amount": 300.0, "days": 200, "hospital": "A", "noise": 0.0})
    assert (high.refers, low.refers) == (True, False)
    assert {reason.feature for reason in high.reasons[:3]} == {"amount", "days", "hospital"}
    assert all(reason.share_milli > 100 for reason in high.reasons[:3])
    assert all(abs(reason.share_milli) < 300 for reason in (*high.reasons, *low.reasons) if reason.feature == "noise")


def test_groups_move_no_score_and_are_compared(trained: tuple[Model, training.Trained, Path]) -> None:
    model, made, _ = trained
    assert "gender" not in model.encoder.features
    assert [(one["value"], one["rows"] > 500) for one in made.metrics["groups"]["gender"]] == [("F", True), ("M", True)]


def test_missing_and_new_values_are_scored(trained: tuple[Model, training.Trained, Path]) -> None:
    model = trained[0]
    assert model.score({}).score_bp == model.score({"amount": None, "hospital": "", "days": None, "noise": None}).score_bp
    assert model.score({"hospital": "Z"}).score_bp == model.score({}).score_bp


def test_drift_is_none_on_the_same_and_told_on_another_world(trained: tuple[Model, training.Trained, Path]) -> None:
    model, _, folder = trained
    mapping = histories.mapping()
    same = read_history(folder / "history.csv", mapping=mapping)
    told = histories.rows(2000, seed=7, hospitals="XY", first=date(2026, 1, 1))
    other = read_history(histories.write(folder / "other.csv", [[*row[:2], "", *row[3:]] for row in told]), mapping=mapping)
    still = drift.drift_report(same, encoder=model.encoder, score=model.chances(same), reference=model.reference)
    moved = drift.drift_report(other, encoder=model.encoder, score=model.chances(other), reference=model.reference)
    assert max(one["psi"] for one in still["features"].values()) < 0.01
    assert still["features"]["hospital"]["new_values"] == 0
    assert moved["features"]["hospital"] == {
        "psi": moved["features"]["hospital"]["psi"],
        "missing_then": 0.0,
        "missing_now": 0.0,
        "new_values": 2000,
    }
    assert moved["features"]["hospital"]["psi"] > 1
    assert moved["features"]["amount"]["missing_now"] == 1.0
    assert moved["features"]["days"]["psi"] < 0.05


def test_parquet_and_gb18030_say_the_same_as_utf8(tmp_path: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    rows = [[*row[:4], "临江医院" if row[4] == "C" else row[4], *row[5:]] for row in histories.rows(300)]
    first = histories.write(tmp_path / "a.csv", rows)
    second = histories.write(tmp_path / "b.csv", rows, encoding="gb18030")
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(first), tmp_path / "c.parquet")
    found = [read_history(path, mapping=histories.mapping()) for path in (first, second, tmp_path / "c.parquet")]
    for other in found[1:]:
        assert other.ids == found[0].ids
        assert np.array_equal(other.numbers["amount"], found[0].numbers["amount"], equal_nan=True)
        assert other.words["hospital"].tolist() == found[0].words["hospital"].tolist()
        assert other.outcome.tolist() == found[0].outcome.tolist()
    assert "临江医院" in found[0].words["hospital"]


@pytest.mark.parametrize(
    ("column", "matter"),
    [("insured_sex", "sex"), ("Gender", "sex"), ("insuredGender", "sex"), ("被保险人性别", "sex"), ("nationality", "nationality"),
     ("国籍", "nationality"), ("民族", "ethnicity"), ("religion_code", "religion"), ("户籍地", "household"), ("marital_status", "marriage"),
     ("insured_name", "identity"), ("mobile", "contact")],
)  # fmt: skip
def test_a_feature_that_must_never_move_a_score_is_refused_by_name(column: str, matter: str) -> None:
    with pytest.raises(FeatureForbidden, match="never moves a score") as error:
        check_features(histories.mapping(category=[{"column": column}]), never=RULES.never_features)
    assert error.value.data == {"column": column, "matter": matter}


def test_a_harmless_column_with_a_forbidden_title_is_refused_too_and_like_words_are_not() -> None:
    with pytest.raises(FeatureForbidden, match="sex"):
        check_features(histories.mapping(numeric=[{"column": "f17", "zh": "性别编码"}]), never=RULES.never_features)
    fine = histories.mapping(numeric=[{"column": name} for name in ("essex_branch", "amount", "username_length", "nations_count")])
    check_features(fine, never=RULES.never_features)


def test_a_mapping_in_which_a_column_has_two_parts_is_refused() -> None:
    text = """
schema_version: 1
outcome: {column: result, positive: [Y], negative: [N]}
time: reported
id: "no"
numeric: [{column: amount}, {column: result}]
"""
    with pytest.raises(KnowledgeError, match="'result' has two parts to play"):
        parse_text(text, HistoryMapping, name="m.yaml")
    with pytest.raises(KnowledgeError, match="is positive and negative"):
        parse_text(text.replace("negative: [N]", "negative: [Y]").replace(", {column: result}", ""), HistoryMapping, name="m.yaml")


def test_tables_that_cannot_be_used_say_where(tmp_path: Path) -> None:
    rows, mapping = histories.rows(50), histories.mapping()
    without = histories.write(tmp_path / "a.csv", rows, columns=(*histories.COLUMNS[:2], "sum", *histories.COLUMNS[3:]))
    with pytest.raises(HistoryRefused, match="no column 'amount'"):
        read_history(without, mapping=mapping)
    words = histories.write(tmp_path / "b.csv", [*rows[:9], [*rows[9][:2], "viel", *rows[9][3:]]])
    with pytest.raises(HistoryRefused, match="'amount': not every value is a number"):
        read_history(words, mapping=mapping)
    undated = histories.write(tmp_path / "c.csv", [*rows[:4], [rows[4][0], "soon", *rows[4][2:]], *rows[5:]])
    with pytest.raises(HistoryRefused, match="row 5, column 'reported': no day"):
        read_history(undated, mapping=mapping)
    twice = histories.write(tmp_path / "d.csv", [*rows, rows[0]])
    with pytest.raises(HistoryRefused, match="names several rows alike"):
        read_history(twice, mapping=mapping)
    with pytest.raises(HistoryRefused, match="cannot be opened"):
        read_history(tmp_path / "none.csv", mapping=mapping)


def test_a_history_that_is_too_small_or_of_one_kind_is_refused(tmp_path: Path) -> None:
    mapping = histories.mapping()
    small = read_history(histories.write(tmp_path / "a.csv", histories.rows(100)), mapping=mapping)
    with pytest.raises(training.TrainingRefused, match="the learning part has 60 rows"):
        training.train(small, mapping=mapping, settings=RULES.training)
    unknown = read_history(histories.write(tmp_path / "b.csv", [[*row[:7], "?"] for row in histories.rows(50)]), mapping=mapping)
    with pytest.raises(training.TrainingRefused, match="no row has an outcome"):
        training.train(unknown, mapping=mapping, settings=RULES.training)


def test_days_come_back_as_text() -> None:
    assert [day_text(number) for number in (-1, 0, 20_000)] == ["1969-12-31", "1970-01-01", "2024-10-04"]
