"""One frozen `Settings`: every number that shapes the index or an answer, with the reason it is what it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What the index is built with; a change here is noticed by `fingerprint` and the index rebuilt."""

    #: Bumped by hand when the code of reading, outline, cutting or tokens changes what the index holds.
    version: int = 3
    #: Characters a passage grows to before it is closed at the next sentence end: long enough for one thought, short
    #: enough that one vector can hold it and a reader sees at once why it was shown.
    passage_target: int = 100
    #: A passage takes a further sentence only up to this length; a single longer sentence stays whole.
    passage_limit: int = 200
    #: BM25 of Robertson & Zaragoza (2009): term saturation and length normalisation, the values of Lucene.
    bm25_k1: float = 1.2
    bm25_b: float = 0.75

    def fingerprint(self, encoder: str) -> str:
        """A short hash of these settings and the encoder's own fingerprint."""
        payload = json.dumps({**asdict(self), "encoder": encoder}, sort_keys=True)
        return hashlib.sha256(payload.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at the most. One that holds more is refused by name before it fills memory or disk."""

    #: A scanned book of some hundred pages is 100 MB; what is larger is a film or an archive with another ending.
    file_bytes: int = 200 * 1024 * 1024
    #: Twenty long novels. Encoding that much takes an hour, and the vectors as many gigabytes.
    characters: int = 10_000_000
    #: A document of that text unpacks to less; what unpacks to more is made to fill the memory (a "zip bomb").
    unpacked_bytes: int = 512 * 1024 * 1024
    #: A Word file or workbook has some dozen parts and a part for each picture.
    packed_files: int = 20_000
    #: XML shrinks to a twentieth; what shrinks to less than this share holds nothing but repetition.
    unpacked_ratio: int = 500
    #: Pages of a PDF: the largest standards and yearbooks have some thousand.
    pages: int = 10_000


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts; all are 1.0 at the most. Tuned by `benchmarks.ablation` on pairs, not on questions.

    Late interaction ranks, the passage's one vector seconds it. Words only help: they mislead where a question and its
    answer share none.
    """

    body: float = 0.1
    heading: float = 0.05
    dense: float = 0.1
    late: float = 1.0
    #: Only a keyword alone has this signal, and there it decides.
    exact: float = 0.5

    def by_signal(self) -> dict[str, float]:
        """The weights by the names of the signals."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be tuned. The defaults are the product."""

    index: IndexSettings = IndexSettings()
    limits: Limits = Limits()
    weights: Weights = Weights()
    #: Candidates that BM25 and the vectors bring each. Late interaction ranks their union.
    candidates: int = 50
    #: What a reader takes in at a glance, and the contract of `ask`.
    max_excerpts: int = 3
    max_characters: int = 800
    #: A list of headings longer than this is no answer at a glance; the passages are shown instead.
    list_characters: int = 400
    #: A mark longer than this marks nothing.
    highlight_characters: int = 160
    #: Longest question looked up: a question longer than this is a pasted document.
    max_question: int = 2000
