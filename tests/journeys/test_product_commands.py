# ruff: noqa: E501  (what commands print has long lines)
"""``anpei product``: somebody who writes no code checks a product file and reads how an amount came about."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.main import cli

SHIPPED = shipped_rulebook().folders[0] / "products"
CASE = """\
plan: standard
policy_start_on: 2026-01-01
occurred_on: 2026-03-02
facts:
  house_sum: "800000"
  house_value: "1000000"
  house_loss: "56000"
"""


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), "product", *arguments])


def case(folder: Path, text: str = CASE) -> str:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_shipped_product_is_right(tmp_path: Path) -> None:
    files = [str(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    ran = run(tmp_path, "check", *files)
    assert ran.exit_code == 0
    assert ran.stdout.count("is right;") == len(files) == 15
    assert "compulsory-motor 2020.1 is right; 8 examples to the cent" in ran.stdout
    assert "4 values are usual in the market, verify them: fattening_sum, sow_sum, dairy_sum, deductible_heads" in ran.stdout


def test_each_problem_is_told_with_its_line_and_field(tmp_path: Path) -> None:
    text = (SHIPPED / "livestock.yaml").read_text(encoding="utf-8")
    text = text.replace("full_weight: 100, deductible_heads: 0", "full_weight: 0, deductible_heads: -1").replace(
        "of: row_sum,", "of: row_summ,"
    )
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    ran = run(tmp_path, "check", str(path))
    assert ran.exit_code == 1
    plan = next(n for n, line in enumerate(text.splitlines(), start=1) if "full_weight: 0," in line)
    assert f"{path}, line {plan}, plans.standard.parameters.deductible_heads: -1 must be a whole number from 0" in ran.stderr
    assert (
        f"{path}, line {plan}, plans.standard.parameters.full_weight: step 'by-weight' divides by 'full_weight', which is zero"
        in ran.stderr
    )
    assert "step 'gross': unknown input 'row_summ'" in ran.stderr


def test_an_example_that_fails_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pet.yaml"
    path.write_text((SHIPPED / "pet-medical.yaml").read_text(encoding="utf-8").replace('"1489.88"', '"1489.87"'), encoding="utf-8")
    ran = run(tmp_path, "check", str(path), "--json")
    told = json.loads(ran.stdout)
    assert ran.exit_code == 1
    assert [problem["message"] for problem in told["problems"]] == [
        "example P01 must give 1489.87 (no zero), the steps give 1489.88 (no zero)"
    ]


def test_the_calculation_is_told_clause_by_clause(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", "household-property", "--facts", case(tmp_path))
    assert ran.exit_code == 0
    lines = ran.stdout.splitlines()
    assert (
        "event · 房屋按比例 [保险法第五十五条]: 房屋损失 56000.00 × 计算用保险金额（不超过价值） 800000.00 ÷ 出险时房屋价值 1000000.00 = 44800.00 [四舍五入到分]"
    ) in lines
    assert "合计赔付44300.00元。" in lines
    assert "明细 event:house：房屋主体 [第五条第一款]，计算基数56000.00元，赔付44300.00元" in lines
    assert lines[-1].startswith("上线前须核对的参数：deductible, deductible_rate")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh", "房屋损失56000.00元，保险金额800000.00元、价值1000000.00元，按比例为44800.00元。"),
        ("en", "House loss ¥56000.00; insured ¥800000.00 of a value of ¥1000000.00: ¥44800.00."),
    ],
)
def test_the_customer_reads_plain_words(tmp_path: Path, lang: str, sentence: str) -> None:
    ran = run(tmp_path, "explain", "household-property", "--facts", case(tmp_path), "--lang", lang, "--depth", "customer")
    assert sentence in ran.stdout.splitlines()
    assert "event ·" not in ran.stdout


def test_an_example_of_the_file_is_explained_and_given_as_json(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", str(SHIPPED / "compulsory-motor.yaml"), "--example", "V04", "--json")
    told = json.loads(ran.stdout)
    assert (told["product"], told["assessment"]["total_fen"]) == ("compulsory-motor", 18_000_000)
    assert [line["payable_fen"] for line in told["assessment"]["lines"] if line["coverage"] == "injury"] == [10_800_000, 7_200_000]


def test_the_version_in_force_on_the_day_of_the_case_holds(tmp_path: Path) -> None:
    folder = tmp_path / "rulebook" / "products"
    folder.mkdir(parents=True)
    text = (SHIPPED / "household-property.yaml").read_text(encoding="utf-8")
    old = text.replace("valid_to: null", "valid_to: 2026-03-02")
    new = text.replace('version: "2025.1"', 'version: "2026.1"').replace("valid_from: 2025-01-01", "valid_from: 2026-03-02")
    (folder / "household-property.yaml").write_text(old, encoding="utf-8")
    (folder / "household-2026.yaml").write_text(new, encoding="utf-8")
    shutil.copyfile(SHIPPED / "pet-medical.yaml", folder / "pet-medical.yaml")
    days = [CASE, CASE.replace("occurred_on: 2026-03-02", "occurred_on: 2026-03-01")]
    told = [run(tmp_path, "explain", "household-property", "--facts", case(tmp_path, text), "--json").stdout for text in days]
    assert [json.loads(one)["version"] for one in told] == ["2026.1", "2025.1"]


@pytest.mark.parametrize(
    ("arguments", "text", "says"),
    [
        (["household-property"], CASE.replace("house_loss", "hause_loss"), "line 7, facts.hause_loss: unknown fact 'hause_loss'; declared are cause"),
        (["household-property"], CASE.replace('"56000"', "56000.5"), "line 7, facts.house_loss: 56000.5: write an amount in yuan as quoted text"),
        (["household-property"], CASE + "currency: USD\n", "is in USD, and amounts are calculated in CNY only"),
        (["household-property"], CASE.replace('"1000000"', '"0"'), "step house-part divides by house_value, which is zero"),
        (["household-property"], CASE.replace("2026-03-02", "2020-03-02"), "has no version in force on 2020-03-02"),
        (["castle"], CASE, "there is no product 'castle'; there are accident, advance-payment"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_case_is_told(tmp_path: Path, arguments: list[str], text: str, says: str) -> None:
    ran = run(tmp_path, "explain", *arguments, "--facts", case(tmp_path, text))
    assert ran.exit_code == 1
    assert says in ran.stderr


def test_a_case_or_an_example_is_needed(tmp_path: Path) -> None:
    ran = run(tmp_path, "explain", "accident")
    assert (ran.exit_code, "give either --facts FILE or --example ID" in ran.stderr) == (1, True)
    ran = run(tmp_path, "explain", "accident", "--example", "I02")
    assert "product accident has no example 'I02'; it has I01, I03, I05" in ran.stderr
