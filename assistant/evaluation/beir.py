"""Retrieval on a public set in the BEIR layout, by the pipeline of `ask`."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from assistant.encoder import Encoder
from assistant.errors import EvaluationError
from assistant.evaluation.lines import rows
from assistant.evaluation.report import Report
from assistant.index import Index
from assistant.records import Document, Passage, Section, Source, Span
from assistant.retrieval import Retriever
from assistant.settings import Settings


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
    retriever.search("预热")  # an encoder loads at its first text
    run: dict[str, dict[str, float]] = {}
    began = time.perf_counter()
    for identity, text in asked:
        # The metrics library breaks ties in its own way; what counts is the order in which passages would be shown.
        ranking = retriever.search(text).ranking
        run[identity] = {hit.passage.id: 1 / rank for rank, hit in enumerate(ranking, 1)}
    elapsed = time.perf_counter() - began
    counts = {"queries": len(asked), "passages": len(passages)}
    asked_for = {identity: judged[identity] for identity in run}
    return Report({"": {**_measured(asked_for, run), **counts, "ms_per_query": elapsed / len(asked) * 1000}})


def beir_passages(folder: Path) -> tuple[Passage, ...]:
    """The corpus as it is: each entry a document of one passage, named by its id."""
    return tuple(
        _as_passage(row.text("_id"), row.text("title", ""), row.text("text")) for row in rows(folder / "corpus.jsonl")
    )


def beir_queries(folder: Path) -> tuple[tuple[str, str], ...]:
    """The queries as (id, text)."""
    return tuple((row.text("_id"), row.text("text")) for row in rows(folder / "queries.jsonl"))


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
