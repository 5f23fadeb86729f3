"""How good is it? Retrieval on a BEIR set and whole answers to judged questions, both by the pipeline of `ask`."""

from __future__ import annotations

import csv
import json
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assistant.assistant import Assistant
from assistant.encoder import Encoder
from assistant.errors import BadQuestion, EvaluationError
from assistant.index import Index
from assistant.records import Answer, Document, Excerpt, NotFound, Passage, Section, Source, Span, Status
from assistant.retrieval import Retriever, parse_query
from assistant.settings import Settings

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
        """A table to read, a line a group; "-" where a figure does not apply."""
        names = list(dict.fromkeys(name for figures in self.groups.values() for name in figures))
        lines = [["", *names]]
        for group, figures in self.groups.items():
            lines.append([group or "全部", *(_cell(figures[name]) if name in figures else "-" for name in names)])
        widths = [max(_width(line[column]) for line in lines) for column in range(len(lines[0]))]
        return "\n".join(_line(line, widths) for line in lines)


def _cell(value: float) -> str:
    """A count as it is, and a share or a time to what can be told apart."""
    return str(value) if isinstance(value, int) else f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padding = [" " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
    group, *figures = (cell if column else cell + padding[0] for column, cell in enumerate(cells))
    return "  ".join([group, *(blank + figure for blank, figure in zip(padding[1:], figures, strict=True))])


def _width(text: str) -> int:
    """The columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


# ---------------------------------------------------------------- a BEIR set


def evaluate_beir(
    folder: Path, kept: Path, encoder: Encoder, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Rank the passages of a BEIR set for its judged queries. The index is kept below `kept`, for the next run."""
    judged, passages, queries = judgements(folder), beir_passages(folder), beir_queries(folder)
    asked = [(identity, text) for identity, text in queries if identity in judged]
    if not asked or not passages:
        raise EvaluationError(f"“{folder}”里没有可评测的内容，请检查段落、问题和 qrels 的编号是否对得上。")
    settings = Settings()
    name = sha256("\n".join(passage.id for passage in passages).encode()).hexdigest()[:16]
    index = Index.open(kept / name, passages, encoder, settings.index, progress)
    retriever = Retriever(index, encoder, settings)
    retriever.encode(parse_query("预热"))  # an encoder loads at its first text
    run: dict[str, dict[str, float]] = {}
    began = time.perf_counter()
    for identity, text in asked:
        query = parse_query(text)
        # The metrics library breaks ties in its own way; what counts is the order in which passages would be shown.
        ranking = retriever.retrieve(query, retriever.encode(query))
        run[identity] = {hit.passage.id: 1 / rank for rank, hit in enumerate(ranking, 1)}
    elapsed = time.perf_counter() - began
    counts = {"queries": len(asked), "passages": len(passages)}
    asked_for = {identity: judged[identity] for identity in run}
    return Report({"": {**_measured(asked_for, run), **counts, "ms_per_query": elapsed / len(asked) * 1000}})


def beir_passages(folder: Path) -> tuple[Passage, ...]:
    """The corpus as it is: each entry a document of one passage, named by its id."""
    return tuple(
        _as_passage(row.text("_id"), row.text("title", ""), row.text("text")) for row in _rows(folder / "corpus.jsonl")
    )


def beir_queries(folder: Path) -> tuple[tuple[str, str], ...]:
    """The queries as (id, text)."""
    return tuple((row.text("_id"), row.text("text")) for row in _rows(folder / "queries.jsonl"))


def _measured(judged: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    try:
        import ir_measures
    except ImportError:
        raise EvaluationError('缺少评测所需的组件，请运行 pip install "zhiyin[evaluate]"。') from None
    names = {"MRR@10": "RR@10", "nDCG@10": "nDCG@10", "R@1": "R@1", "R@5": "R@5", "R@10": "R@10", "R@100": "R@100"}
    measures = {name: ir_measures.parse_measure(measure) for name, measure in names.items()}
    found = ir_measures.calc_aggregate(list(measures.values()), judged, run)
    return {name: float(found[measure]) for name, measure in measures.items()}


def _as_passage(identity: str, title: str, text: str) -> Passage:
    span = Span(0, len(text))
    document = Document(identity, title, Source(identity, identity, "", "utf-8", text), span)
    return Passage(identity, document, Section("", title, 0, Span(0, 0), span), span)


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Query id → passage id → relevance, from qrels/test.tsv."""
    file = folder / "qrels" / "test.tsv"
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                judged[row["query-id"]][row["corpus-id"]] = int(row["score"])
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise EvaluationError(f"无法读取“{file}”（{error}），请检查是否为 BEIR 格式。") from None
    return dict(judged)


# ---------------------------------------------------------------- judged questions


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question with the quotes that answer it: one is enough, or `all_needed`; none means no answer. 「评测题」"""

    question: str
    kind: str
    gold: tuple[str, ...]
    all_needed: bool
    titles: tuple[str, ...]


def evaluate_questions(assistant: Assistant, file: Path) -> Report:
    """Ask the judged questions, and score the answers by the quotes that had to be shown."""
    asked = judged_questions(file)
    assistant.warm_up()
    scored: dict[str, list[dict[str, float]]] = defaultdict(list)
    for judged in asked:
        try:
            figures = _score(judged, assistant.ask(judged.question), assistant)
        except BadQuestion as error:
            raise EvaluationError(f"“{file}”里的问题“{judged.question[:20]}”不能提问：{error}") from None
        scored[""].append(figures)
        scored[judged.kind].append(figures)
    return Report({kind: _means(rows) for kind, rows in scored.items()})


def judged_questions(file: Path) -> tuple[Judgement, ...]:
    """The questions of a file, a JSON object a line."""
    found = tuple(
        Judgement(
            row.text("question"),
            row.text("type", "其他"),
            row.texts("gold"),
            row.text("gold_mode", "any") == "all",
            row.texts("titles", ()),
        )
        for row in _rows(file)
    )
    if not found:
        raise EvaluationError(f"“{file}”里没有问题，请每行写一个 JSON 对象。")
    return found


#: The columns of the table, in the order in which one reads them.
_FIGURES = ("hit@1", "hit@3", "pin", "title", "rejected", "false_reject", "verbatim", "ms")


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    means: dict[str, float] = {"questions": len(rows)}
    for name in _FIGURES:
        values = [row[name] for row in rows if name in row]
        if values:
            means[name] = sum(values) / len(values)
    return means


def _score(judged: Judgement, answer: Answer | NotFound, assistant: Assistant) -> dict[str, float]:
    """The figures of one question. Those that don't apply to it are left out, and do not count in a mean."""
    excerpts = answer.excerpts if isinstance(answer, Answer) else ()
    refused = float(answer.status is Status.NOT_FOUND)
    figures: dict[str, float] = {"ms": answer.elapsed_ms}
    parts = [(excerpt.citation.source_id, part) for excerpt in excerpts for part in excerpt.parts]
    if parts:
        verbatim = [part.span.of(assistant.source(source).text) == part.text for source, part in parts]
        figures["verbatim"] = sum(verbatim) / len(verbatim)
    if not judged.gold:
        return {**figures, "rejected": refused}
    named = [each.citation.document in judged.titles for each in excerpts if _holds_any(judged.gold, each)]
    if named:
        figures["title"] = sum(named) / len(named)
    return {
        **figures,
        "hit@1": _shown(judged, excerpts[:1]),
        "hit@3": _shown(judged, excerpts[:3]),
        "pin": float(bool(excerpts) and _pinned(judged.gold, excerpts[0])),
        "false_reject": refused,
    }


def _shown(judged: Judgement, excerpts: Sequence[Excerpt]) -> float:
    """The share of the gold quotes inside the parts shown (`all`), or whether one is (`any`)."""
    texts, left = [], _BUDGET
    for excerpt in excerpts:
        for part in excerpt.parts:
            texts.append(part.text[:left])
            left -= len(texts[-1])
    found = [any(quote in text for text in texts) for quote in judged.gold]
    return sum(found) / len(found) if judged.all_needed else float(any(found))


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


# ---------------------------------------------------------------- lines of JSON


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file of lines, and the words for where it stands."""

    place: str
    values: Mapping[str, object]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise EvaluationError(f"{self.place}的 {name} 应是一段文字，请检查格式。")
        return value

    def texts(self, name: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        value = self.values.get(name, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) and each for each in value):
            raise EvaluationError(f"{self.place}的 {name} 应是一组不空的文字，请检查格式。")
        return tuple(value)


def _rows(file: Path) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parsed(f"“{file}”第 {number} 行", line)
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"无法读取“{file}”（{error}），请检查路径和编码。") from None


def _parsed(place: str, line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise EvaluationError(f"{place}不是 JSON 对象，请检查格式。")
    return Row(place, row)
