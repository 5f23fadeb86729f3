"""Any model of sentence-transformers, by its folder or its hub name.

Nothing is fetched: a hub name is looked for among the models already downloaded to this machine.
Texts run in padded batches of fp32, so a text's vectors may differ beside other texts in the seventh place.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.encoder import Encoding, Matrix, Role
from assistant.encoder.tokens import encodable, own_tokens, unit
from assistant.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# The names that models give their prompts, the first that is there and not empty counts.
_PROMPTS: Mapping[Role, tuple[str, ...]] = {
    Role.QUERY: ("query",),
    Role.PASSAGE: ("passage", "document", "corpus"),
}
_BATCH = 16


class SentenceTransformerEncoder:
    """Loaded at the first use of anything but its name. Errors are `EncoderError`."""

    def __init__(self, name: str | Path) -> None:
        self._name = str(name)

    @cached_property
    def dimension(self) -> int:
        return len(self.encode([""], Role.PASSAGE)[0].pooled)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the weights, the tokenizer, the modules and the prompts: the model's content, not its name."""
        model = self._model
        digest = hashlib.sha256(repr((model, model.max_seq_length, self._prompts)).encode())
        tokenizer = json.loads(model.tokenizer.backend_tokenizer.to_str())
        for state in ("truncation", "padding"):  # set anew by each call
            tokenizer.pop(state, None)
        digest.update(json.dumps(tokenizer).encode())
        for name, tensor in sorted(model.state_dict().items()):
            digest.update(name.encode())
            digest.update(_bytes(tensor))
        return digest.hexdigest()

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        if not texts:
            return []
        prompt = self._prompts[role]
        clean = [encodable(text) for text in texts]
        # None asks for all that the modules leave behind: the states of the tokens beside the vector of the text.
        outputs: Any = self._model.encode(
            clean, prompt=prompt, output_value=None, batch_size=_BATCH, show_progress_bar=False
        )
        return [self._encoding(prompt, text, output) for text, output in zip(clean, outputs, strict=True)]

    def _encoding(self, prompt: str, text: str, output: Mapping[str, Any]) -> Encoding:
        present = output["attention_mask"].bool()
        states = _array(output["token_embeddings"][present])  # (S, D)
        pooled = unit(_array(output["sentence_embedding"]))
        if not text.strip():
            return Encoding(pooled, states[:0], np.empty(0, dtype=np.int32))
        full = prompt + text
        pieces = self._model.tokenizer(
            full,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        if pieces["input_ids"] != output["input_ids"][present].tolist():
            raise EncoderError(f"模型“{self._name}”改动了输入的文字，无法逐词比对，请换一个模型。")
        special = pieces["special_tokens_mask"]
        own, starts = own_tokens(full, len(prompt), pieces.tokens(), pieces["offset_mapping"], special)
        return Encoding(pooled, unit(states[own]), starts)

    @cached_property
    def _prompts(self) -> Mapping[Role, str]:
        prompts: Mapping[str, str | None] = self._model.prompts
        default = prompts.get(self._model.default_prompt_name or "") or ""
        return {role: next(filter(None, map(prompts.get, names)), default) for role, names in _PROMPTS.items()}

    @cached_property
    def _model(self) -> SentenceTransformer:
        folder = Path(self._name).expanduser()
        is_folder = folder.is_dir()
        if not is_folder and (folder.is_absolute() or self._name.startswith((".", "~"))):
            raise EncoderError(f"找不到模型文件夹 {self._name}，请检查路径。")
        model = _loaded(str(folder)) if is_folder else _downloaded(self._name)
        if not getattr(model.tokenizer, "is_fast", False):
            raise EncoderError(f"模型“{self._name}”的分词器不能给出每个词的位置，请换一个带 tokenizer.json 的模型。")
        return model


def _loaded(name: str) -> SentenceTransformer:
    _stay_offline()
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, local_files_only=True)
    except Exception as error:  # what a damaged or missing file raises depends on the file
        raise EncoderError(f"无法加载模型 {name}：它不是完整的 sentence-transformers 模型，请换一个。") from error


def _stay_offline() -> None:
    """Forbid the hub's library all requests: it sends some of its own even when only local files are wanted.

    The variable is read when that library is first imported, which another one (gradio) may have done already.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    from huggingface_hub import constants

    constants.HF_HUB_OFFLINE = True


def _downloaded(name: str) -> SentenceTransformer:
    try:
        return _loaded(name)
    except EncoderError as error:
        raise EncoderError(
            f"本机没有模型“{name}”的完整文件，本程序也不联网下载，请先运行 hf download {name}，或改用模型文件夹的路径。"
        ) from error


def _array(tensor: Any) -> Matrix:
    return np.asarray(tensor.detach().float().cpu().numpy(), dtype=np.float32)


def _bytes(tensor: Any) -> bytes:
    import torch

    return bytes(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
