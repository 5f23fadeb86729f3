"""Vectors without what all texts have in common.

The vectors of an encoder lie in a narrow cone: any two texts are alike to .8 and more, and what tells them apart is
small. Taking the mean away opens the cone (the first step of Mu & Viswanath, "All-but-the-top", ICLR 2018). Questions
and passages have means of their own, as do texts and tokens. `embeddings.centre` measures them, and its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.encoder import Encoder, Encoding, Matrix, Role
from assistant.encoder.tokens import unit
from assistant.errors import EncoderError

CENTRES = "centres.npy"
#: The order of the roles in the file; each holds the mean of the texts, then that of the tokens.
ROLES = (Role.QUERY, Role.PASSAGE)


class CentredEncoder:
    """An encoder whose vectors are centred by means (2, 2, D): role, then text and token."""

    def __init__(self, encoder: Encoder, centres: Matrix) -> None:
        if centres.shape != (len(ROLES), 2, encoder.dimension):
            raise EncoderError(f"向量模型的 {CENTRES} 与模型的维数 {encoder.dimension} 不符，请重新安装“指引”。")
        self._encoder = encoder
        self.centres = centres
        self._digest = sha256(np.ascontiguousarray(centres, dtype="<f4").tobytes()).hexdigest()

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    @property
    def fingerprint(self) -> str:
        return sha256(f"{self._encoder.fingerprint} centred by {self._digest}".encode()).hexdigest()

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        text, token = self.centres[ROLES.index(role)]
        return [
            Encoding(unit(each.pooled - text), unit(each.tokens - token), each.starts)
            for each in self._encoder.encode(texts, role)
        ]


def centred(encoder: Encoder, folder: Path) -> Encoder:
    """The encoder of a folder, centred if the folder says by what."""
    file = folder / CENTRES
    if not file.is_file():
        return encoder
    try:
        centres = np.asarray(np.load(file, allow_pickle=False), dtype=np.float32)
    except (OSError, EOFError, TypeError, ValueError, BadZipFile) as error:  # numpy takes PK… for an archive
        raise EncoderError(f"向量模型文件 {file} 已损坏，请重新安装“指引”，或改用其他模型文件夹。") from error
    return CentredEncoder(encoder, centres)
