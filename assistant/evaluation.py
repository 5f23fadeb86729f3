"""How good is it? Retrieval on a BEIR set and whole answers to judged questions, both by the pipeline of `ask`."""

from __future__ import annotations

import csv
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant, default_folder
from assistant.encoder.choose import load_encoder
from assistant.errors import EvaluationError
from assistant.index import Index
from assistant.records import Answer, Document, Excerpt, NotFound, Passage, Section, Source, Span, Status
from assistant.retrieval import Retriever, parse_query
from assistant.settings import Settings

Row = Mapping[str, Any]
_BUDGET = 800
_PIN = 160


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by the names they are printed under, for each group of questions (`""` is all of them)."""

    groups: Mapping[str, Mapping[str, float]]

    def as_dict(self) -> dict[str, float]:
        """The figures over all questions."""
        return {name: round(value, 4) for name, value in self.groups[""].items()}

    def table(self) -> str:
        """A table to read, a line a group."""
        names = list(dict.fromkeys(name for figures in self.groups.values() for name in figures))
        lines = [["", *names]]
        for group, figures in self.groups.items():
            cells = ("" if name not in figures else _cell(figures[name]) for name in names)
            lines.append([group or "all", *cells])
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
        )


def _cell(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) > 1 else f"{value:.3f}"


# ---------------------------------------------------------------- a BEIR set


def evaluate_beir(
    folder: Path, library: Path | None, model: str | None, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Rank the passages of a BEIR set for its queries. The index is kept beside the library, for the next run."""
    judged, passages = judgements(folder), beir_passages(folder)
    settings, encoder = Settings(), load_encoder(model)
    name = sha256("\n".join(passage.id for passage in passages).encode()).hexdigest()[:16]
    index = Index.open((library or default_folder()) / "evaluation" / name, passages, encoder, settings.index, progress)
    retriever = Retriever(index, encoder, settings)
    run: dict[str, dict[str, float]] = {}
    began = time.perf_counter()
    for identity, text in beir_queries(folder):
        if identity in judged:
            query = parse_query(text)
            ranking = retriever.retrieve(query, retriever.encode(query))
            run[identity] = {hit.passage.id: hit.score for hit in ranking}
    elapsed = time.perf_counter() - began
    figures = {**_measured(judged, run), "queries": len(run), "passages": len(passages)}
    return Report({"": {**figures, "ms_per_query": elapsed / max(1, len(run)) * 1000}})


def beir_passages(folder: Path) -> tuple[Passage, ...]:
    """The corpus as it is: each entry a document of one passage, named by its id."""
    try:
        return tuple(_as_passage(row) for row in _rows(folder / "corpus.jsonl"))
    except KeyError as error:
        raise EvaluationError(f"“{folder}”的 corpus.jsonl 里有一行缺少 {error},请检查是否为 BEIR 格式。") from None


def beir_queries(folder: Path) -> tuple[tuple[str, str], ...]:
    """The queries as (id, text)."""
    try:
        return tuple((row["_id"], row["text"]) for row in _rows(folder / "queries.jsonl"))
    except KeyError as error:
        raise EvaluationError(f"“{folder}”的 queries.jsonl 里有一行缺少 {error},请检查是否为 BEIR 格式。") from None


def _measured(judged: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    try:
        import ir_measures
    except ImportError:
        raise EvaluationError('缺少评测所需的组件,请运行 pip install "zhiyin[evaluate]"。') from None
    names = {"MRR@10": "RR@10", "nDCG@10": "nDCG@10", "R@1": "R@1", "R@5": "R@5", "R@10": "R@10", "R@100": "R@100"}
    measures = {name: ir_measures.parse_measure(measure) for name, measure in names.items()}
    found = ir_measures.calc_aggregate(list(measures.values()), judged, run)
    return {name: float(found[measure]) for name, measure in measures.items()}


def _as_passage(row: Row) -> Passage:
    source = Source(id=row["_id"], name=row["_id"], path="", encoding="utf-8", text=row["text"])
    span = Span(0, len(row["text"]))
    title = row.get("title") or ""
    document = Document(row["_id"], title, source, span)
    return Passage(row["_id"], document, Section("", title, 0, Span(0, 0), span), span)


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Query id → passage id → relevance, from qrels/test.tsv."""
    file = folder / "qrels" / "test.tsv"
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                judged[row["query-id"]][row["corpus-id"]] = int(row["score"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"无法读取“{file}”({error}),请检查是否为 BEIR 格式。") from None
    return dict(judged)


# ---------------------------------------------------------------- judged questions


def evaluate_questions(assistant: Assistant, file: Path) -> Report:
    """Ask the judged questions, and score the answers by the quotes that had to be shown."""
    scored: dict[str, list[dict[str, float]]] = defaultdict(list)
    assistant.warm_up()
    for row in _rows(file):
        try:
            figures = _score(row, assistant.ask(row["question"]), assistant)
            kind = row["type"]
        except (KeyError, TypeError) as error:
            raise EvaluationError(f"“{file}”里有一行缺少 {error},请检查格式。") from None
        scored[""].append(figures)
        scored[kind].append(figures)
    if not scored:
        raise EvaluationError(f"“{file}”里没有问题。")
    return Report({kind: _means(rows) for kind, rows in scored.items()})


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for row in rows for name in row)
    means = {}
    for name in names:
        values = [row[name] for row in rows if name in row]
        means[name] = sum(values) / len(values)
    return {"questions": float(len(rows)), **means}


def _score(row: Row, answer: Answer | NotFound, assistant: Assistant) -> dict[str, float]:
    excerpts = answer.excerpts if isinstance(answer, Answer) else ()
    if not row["gold"]:
        return {"rejected": float(answer.status is Status.NOT_FOUND), "ms": answer.elapsed_ms}
    figures = {f"hit@{k}": _shown(row, excerpts[:k]) for k in (1, 3)}
    figures["pin"] = float(bool(excerpts) and _pinned(row["gold"], excerpts[0]))
    figures["false_reject"] = float(answer.status is Status.NOT_FOUND)
    parts = [(excerpt.citation.source_id, part) for excerpt in excerpts for part in excerpt.parts]
    if parts:
        verbatim = [part.span.of(assistant.source(source).text) == part.text for source, part in parts]
        figures["verbatim"] = sum(verbatim) / len(verbatim)
    named = [excerpt.citation.document in row["titles"] for excerpt in excerpts if _holds_any(row["gold"], excerpt)]
    if named:
        figures["title"] = sum(named) / len(named)
    return {**figures, "ms": answer.elapsed_ms}


def _shown(row: Row, excerpts: Sequence[Excerpt]) -> float:
    """The share of the gold quotes inside the parts shown (`all`), or whether one is (`any`)."""
    texts, left = [], _BUDGET
    for excerpt in excerpts:
        for part in excerpt.parts:
            texts.append(part.text[:left])
            left -= len(texts[-1])
    found = [any(quote in text for text in texts) for quote in row["gold"]]
    return sum(found) / len(found) if row.get("gold_mode") == "all" else float(any(found))


def _pinned(gold: Sequence[str], excerpt: Excerpt) -> bool:
    """Whether the marks of an excerpt hold a gold quote, or lie inside one."""
    marked = [
        part.text[max(0, mark.start - part.span.start) : mark.end - part.span.start]
        for part in excerpt.parts
        for mark in excerpt.highlights
        if part.span.start <= mark.start < part.span.end
    ]
    short = sum(map(len, marked)) <= _PIN
    return short and any(quote in text or (text and text in quote) for quote in gold for text in marked)


def _holds_any(gold: Sequence[str], excerpt: Excerpt) -> bool:
    return any(quote in part.text for quote in gold for part in excerpt.parts)


def _rows(file: Path) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parsed(file, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"无法读取“{file}”({error}),请检查路径和编码。") from None


def _parsed(file: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise EvaluationError(f"“{file}”第 {number} 行不是 JSON 对象,请检查格式。")
    return row
