"""What a question's best passage has to beat: passages on many subjects that are in nobody's library.

A question fits its best passage better than these if the library holds its answer, and no better if it doesn't. This is
the cohort of speaker verification (Auckenthaler et al., 2000): how near is near depends on the question, and the cohort
says so. `embeddings.centre` writes the vectors; they belong to one encoder, and say nothing about another's.
"""

from __future__ import annotations

from zipfile import BadZipFile

import numpy as np

from assistant.bundled import model_folder
from assistant.encoder import Encoder, Matrix
from assistant.errors import EncoderError

FILE = "background.npz"
#: How many of the nearest background passages are the ones to beat.
_NEAREST = 5


def load_background(encoder: Encoder) -> Matrix:
    """(N, D): the background's vectors, (0, D) where they are missing or another encoder's."""
    file = model_folder() / FILE
    if file.is_file():
        try:
            with np.load(file, allow_pickle=False) as stored:
                if str(stored["encoder"]) == encoder.fingerprint:
                    return np.asarray(stored["vectors"], dtype=np.float32)
        except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile) as error:
            raise EncoderError(f"模型文件 {file} 已损坏，请重新安装“指引”。") from error
    return np.empty((0, encoder.dimension), dtype=np.float32)


def lead(background: Matrix, question: Matrix, best: float) -> float | None:
    """How far the best cosine of a question (D,) lies above the mean of its nearest background passages."""
    if len(background) < _NEAREST:
        return None
    nearest = np.partition(background @ question, -_NEAREST)[-_NEAREST:]
    return best - float(nearest.mean())
