"""The bundled encoder: a sentence-transformers folder whose only weights are an int8 ONNX graph. No torch.

One text is one run of the graph. int8 activations have one scale for all that runs together, so a text in a batch would
get other vectors beside other texts; alone it always gets the same ones. On a processor that costs no time: runs of one
were measured to be faster than padded batches of sixteen (123 against 109 passages a second).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.bundled import model_folder
from assistant.encoder import Encoding, Role
from assistant.encoder.tokens import encodable, own_tokens, unit
from assistant.errors import EncoderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPH = "onnx/model_qint8.onnx"
TOKENIZER = "tokenizer.json"
PROMPTS = "config_sentence_transformers.json"
LIMITS = "sentence_bert_config.json"
CONFIG = "config.json"

_FILES = (GRAPH, TOKENIZER, PROMPTS, LIMITS, CONFIG)
# Part of the fingerprint: whoever changes what this file does with the graph changes these words too.
_RECIPE = "mean of all tokens; tokens of the text alone; one text a run"
_THREADS = 4  # more than this has nothing to share out in a matrix of some hundred rows


class OnnxEncoder:
    """The graph in a folder, loaded at the first text. Errors are `EncoderError`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = model_folder() if folder is None else folder

    @cached_property
    def dimension(self) -> int:
        return int(self._settings(CONFIG)["hidden_size"])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the recipe and every file that has a part in the vectors; some 40 ms, once."""
        digest = hashlib.sha256(_RECIPE.encode())
        for name in _FILES:
            digest.update(hashlib.sha256(self._bytes(name)).digest())
        return digest.hexdigest()

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        prompt = self._prompt(role)
        return [self._encoding(prompt, text) for text in texts]

    def _encoding(self, prompt: str, text: str) -> Encoding:
        full = encodable(prompt + text)
        pieces = self._tokenizer.encode(full)
        ids = np.array([pieces.ids], dtype=np.int64)  # (1, S)
        (states,) = self._session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        own, starts = own_tokens(full, len(prompt), pieces.tokens, pieces.offsets, pieces.special_tokens_mask)
        return Encoding(unit(states[0].mean(axis=0)), unit(states[0, own]), starts)

    def _prompt(self, role: Role) -> str:
        prompts = self._settings(PROMPTS).get("prompts", {})
        return str(prompts.get(role.value, ""))

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        limit = int(self._settings(LIMITS)["max_seq_length"])
        path = self._path(TOKENIZER)
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing more exact
            raise _damaged(path) from error
        tokenizer.enable_truncation(limit)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        path = self._path(GRAPH)
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(os.cpu_count() or 1, _THREADS)
        # Waiting threads sleep instead of spinning: beside other busy programs that is three to four times as fast.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # what goes wrong is raised, and told in our words
        try:
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library's errors have no common base but this
            raise _damaged(path) from error

    def _settings(self, name: str) -> dict[str, Any]:
        try:
            settings = json.loads(self._bytes(name))
        except ValueError as error:
            raise _damaged(self._folder / name) from error
        if not isinstance(settings, dict):
            raise _damaged(self._folder / name)
        return settings

    def _bytes(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except OSError as error:
            raise EncoderError(f"无法读取向量模型文件 {self._folder / name}，请检查文件权限后重试。") from error

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if not path.is_file():
            raise EncoderError(f"向量模型不完整：找不到 {path}，请重新安装“指引”，或改用其他模型文件夹。")
        return path


def _damaged(path: Path) -> EncoderError:
    return EncoderError(f"向量模型文件 {path} 已损坏，请重新安装“指引”，或改用其他模型文件夹。")
