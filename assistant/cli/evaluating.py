"""`zhiyin evaluate`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from typing import TYPE_CHECKING

from assistant.cli.output import Bar, json_line, shown

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.encoder import Encoder

#: Options of `evaluate` that stand alone: what each of them leaves no room for.
_EXCLUDED = {"beir": ("documents", "misses", "ablation", "save", "compare"), "library": ("documents",)}


def evaluate(options: argparse.Namespace) -> int:
    for other, names in _EXCLUDED.items():
        for name in names:
            if getattr(options, name) and getattr(options, other):
                options.refuse(f"argument --{name}: not allowed with argument --{other}")
    figures = _evaluate_beir(options) if options.beir else _evaluate_questions(options)
    if options.json:
        print(json_line(figures))
    return 0


def _evaluate_beir(options: argparse.Namespace) -> dict[str, object]:
    from assistant.assistant import default_folder
    from assistant.encoder.choose import load_encoder
    from assistant.evaluation import evaluate_beir

    kept = (options.library or default_folder()) / "evaluation"
    report = evaluate_beir(options.beir, kept, load_encoder(options.model), Bar("正在编码段落"))
    print(report.table())
    return {**report.as_dict()}


def _evaluate_questions(options: argparse.Namespace) -> dict[str, object]:
    from assistant import evaluation
    from assistant.encoder.choose import load_encoder

    asked = evaluation.judged_questions(options.questions)
    before = evaluation.load_run(options.compare, asked) if options.compare else ()  # before the wait: it may be no run
    encoder = load_encoder(options.model)
    with _open_evaluated(options, encoder) as assistant:
        outcomes = evaluation.ask_all(assistant, asked)
        index = assistant.index()
        misses = evaluation.find_misses(outcomes, index, encoder) if options.misses else ()
        ablation = evaluation.ablate(asked, index, encoder) if options.ablation else None
    report = evaluation.summary(outcomes)
    print(report.table(evaluation.summary(before) if before else None))
    if options.misses:
        _print_under("没有答好的", evaluation.miss_lines(misses))
    if before:
        _print_under(f"与“{options.compare}”相比", evaluation.compare(before, outcomes).lines())
    if ablation:
        _print_under("每种排序单独用，原文在第 1 段、前 3 段里的", ablation.table().splitlines())
    if options.save:
        evaluation.save_run(options.save, outcomes)
    return {**report.as_dict(), **({"ablation": ablation.as_dict()} if ablation else {})}


def _print_under(title: str, lines: Sequence[str]) -> None:
    print(f"\n{title}：")
    for line in lines:
        print(shown(line))


def _open_evaluated(options: argparse.Namespace, encoder: Encoder) -> AbstractContextManager[Assistant]:
    from assistant.assistant import Assistant
    from assistant.evaluation import open_documents

    bar = Bar("正在编码段落")
    if options.documents:
        return open_documents(options.documents, encoder, bar)
    return closing(Assistant.open(options.library, encoder=encoder, progress=bar))
