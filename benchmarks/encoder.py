"""What encoders are worth by themselves: python -m benchmarks.encoder [FOLDER...]

For the bundled encoder, or the ones in some folders: on the pairs of `embeddings/data` the share of held-out questions
whose passage is among the first 5 of all, by style; the same on general pairs of `benchmarks/data`, which no one trains
on; and how well the score of the best passage tells questions that have an answer from those that have none. Each for
one vector a text and for late interaction. For judged sets see `zhiyin evaluate` and `benchmarks.ablation`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from assistant.encoder import Encoder, Role
from assistant.encoder.choose import load_encoder
from assistant.encoder.onnx import GRAPH, OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from assistant.index import encoded_text
from assistant.retrieval import encode_questions
from embeddings.pairs import Pair, Part, load_pairs, parts
from embeddings.ranks import Ranked, ranked

GENERAL = Path(__file__).parent / "data"
HARD = ("colloquial", "paraphrase", "situation")
#: In these files nearly all questions share no word with their passage, and many are cryptic.
HARDER = ("qa", "qb", "qc", "qd", "qe", "qf")


def rank_pairs(encoder: Encoder, asked: Sequence[Pair], passages: Sequence[Pair]) -> dict[str, Ranked]:
    """Every question of some pairs against all passages."""
    places = {pair.passage.id: place for place, pair in enumerate(passages)}
    questions = [(question, places[pair.passage.id]) for pair in asked for _, question in pair.questions]
    found = encoder.encode([encoded_text(pair.passage) for pair in passages], Role.PASSAGE)
    return ranked(encode_questions(encoder, [text for text, _ in questions]), found, [right for _, right in questions])


def print_styles(name: str, asked: Sequence[Pair], by_signal: dict[str, Ranked]) -> None:
    styles = np.array([style for pair in asked for style, _ in pair.questions])
    groups = {"all": np.full(len(styles), True), "hard": np.isin(styles, HARD)}
    harder = np.array([pair.file in HARDER for pair in asked for _ in pair.questions])
    if harder.any():
        groups |= {"hard, qa–qf": groups["hard"] & harder, "hard, others": groups["hard"] & ~harder}
    groups |= {style: styles == style for style in sorted(set(styles))}
    for signal, found in by_signal.items():
        print(f"\n{name}, {signal}: {len(styles)} questions")
        for group, some in groups.items():
            ranks = found.ranks[some]
            shares = "  ".join(f"R@{k} {np.mean(ranks <= k):.3f}" for k in (1, 3, 5))
            mrr = np.where(ranks <= 10, 1 / ranks, 0).mean()
            print(f"  {group:12}{some.sum():5}  {shares}  MRR@10 {mrr:.3f}")


def print_unanswered(encoder: Encoder, pairs: Sequence[Pair]) -> None:
    """Libraries of one file each: its own questions have an answer there, those of other fields have none."""
    scores: dict[str, list[tuple[bool, float]]] = {}
    for file in sorted({pair.file for pair in pairs}):
        own = [pair for pair in pairs if pair.file == file]
        others = [pair for pair in pairs if pair.field != own[0].field]
        passages = encoder.encode([encoded_text(pair.passage) for pair in own], Role.PASSAGE)
        for answered, asked in ((True, own), (False, others)):
            questions = [question for pair in asked for _, question in pair.questions][:: 1 if answered else 8]
            found = ranked(encode_questions(encoder, questions), passages, [0] * len(questions))
            for signal, each in found.items():
                scores.setdefault(signal, []).extend((answered, float(score)) for score in each.best)
    for signal, rows in scores.items():
        print(f"AUROC of the best score, {signal}: {roc_auc_score(*zip(*rows, strict=True)):.3f}")


def report(encoder: Encoder, part: Part, every: int) -> None:
    pairs = load_pairs()
    held = parts(pairs)
    among = held[part] + [pair for pair in pairs[::every] if pair not in held[part]]
    print_styles(f"held-out pairs among {len(among)}", held[part], rank_pairs(encoder, held[part], among))
    for file in sorted(GENERAL.glob("*.jsonl")):
        general = load_pairs(file)
        print_styles(file.stem, general, rank_pairs(encoder, general, general))
    print()
    print_unanswered(encoder, held[Part.CHOOSE] + held[Part.REPORT])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--part", type=Part, default=Part.REPORT, help="choose or report")
    parser.add_argument("--every", type=int, default=1, help="rank among every so many of the other passages only")
    options = parser.parse_args()
    if not options.folders:
        report(load_encoder(None), options.part, options.every)
    for folder in options.folders:
        print(f"\n# {folder}")
        encoder = OnnxEncoder(folder) if (folder / GRAPH).exists() else SentenceTransformerEncoder(folder)
        report(encoder, options.part, options.every)


if __name__ == "__main__":
    main()
