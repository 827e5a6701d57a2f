"""Figures as a Markdown table, as they stand in the two READMEs between ``<!-- figures -->`` and ``<!-- /figures -->``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

SHOWN = Path(__file__).with_name("figures.yaml")
HEADS = {"en": ("figure", "measured", "asked for", "how"), "zh": ("指标", "实测", "目标", "测法")}


def render(lines: Sequence[Mapping[str, Any]], *, lang: str = "en") -> str:
    """The table of the figures that ``figures.yaml`` names, in its order, then the conditions. Told twice, the last counts."""
    found = {str(line["figure"]): line for line in lines}
    rows = [
        _row(entry, found[entry["figure"]], lang) for entry in yaml.safe_load(SHOWN.read_text(encoding="utf-8")) if entry["figure"] in found
    ]
    head = HEADS[lang]
    table = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows]
    return "\n".join([*table, "", _conditions(list(found.values()), lang)])


def _row(entry: Mapping[str, Any], line: Mapping[str, Any], lang: str) -> str:
    how = [entry.get(f"how_{lang}", "")]
    if line.get("runs", 0) > 1:
        word = {"en": "median of {runs} runs, {low} to {high}", "zh": "{runs} 次的中位数，{low} 至 {high}"}[lang]
        how.append(word.format(runs=line["runs"], low=_number(line["min"], line["unit"]), high=_number(line["max"], line["unit"])))
    parts = line.get("ratios") if entry.get("ratios") else None
    if parts:
        how.append(", ".join(f"{name} {value:.1%}" for name, value in parts.items() if value is not None))
    title = str(entry[lang]).format_map({"claims": 20, "rule_rows": 50_000, "lines": 30} | dict(line.get("details") or {}))
    return f"| {title} | {_measured(line, lang)} | {entry.get('aim', '–')} | {'; '.join(part for part in how if part)} |"


def _measured(line: Mapping[str, Any], lang: str) -> str:
    value, unit = line["value"], str(line["unit"])
    if value is None:
        return {"en": "not reached", "zh": "未达到"}[lang]
    if unit == "share":
        details = line.get("details") or {}
        count = f" ({details['right']} of {details['claims']})" if "right" in details else ""
        return f"{value:.1%}{count}"
    return f"{_number(value, unit)} {unit}"


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _conditions(lines: Sequence[Mapping[str, Any]], lang: str) -> str:
    """One sentence on the machine, and how busy it was with other things."""
    if not lines:
        return ""
    told = lines[0]["conditions"]
    loads = [line["conditions"]["load_at_start"][0] for line in lines if "load_at_start" in line["conditions"]]
    others = [line["conditions"]["cores_busy_elsewhere"] for line in lines if "cores_busy_elsewhere" in line["conditions"]]
    words = {
        "en": "{cores} cores of {cpu}, {memory} GB, {system}, Python {python}, onnxruntime {onnx}, RapidOCR {ocr}, SQLite {sqlite}. "
        "Load average at the start of the modules {low} to {high}; other processes kept {least} to {most} cores busy meanwhile.{quick}",
        "zh": "{cores} 核 {cpu}，{memory} GB 内存，{system}，Python {python}，onnxruntime {onnx}，RapidOCR {ocr}，SQLite {sqlite}。"
        "各模块开始时系统负载 {low} 至 {high}；期间其他进程占用 {least} 至 {most} 个核。{quick}",
    }[lang]
    quick = {"en": " Quick run.", "zh": "（快速测量）"}[lang] if any(line["conditions"].get("quick") for line in lines) else ""
    return words.format(
        cores=told["cores"], cpu=told["cpu"], memory=round(told["memory_mb"] / 1024), system=told["system"], python=told["python"],
        onnx=told["onnxruntime"], ocr=told["rapidocr"], sqlite=told["sqlite"], low=min(loads, default=0), high=max(loads, default=0),
        least=min(others, default=0), most=max(others, default=0), quick=quick,
    )  # fmt: skip
