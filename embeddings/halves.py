"""An encoder cut in two for training: the lower layers stay as they are, so their work on a text is done once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from assistant.encoder import Role
from assistant.encoder.tokens import own_tokens
from assistant.retrieval import is_spoken
from embeddings.folder import PROMPTS

_TOGETHER = 2_048  # tokens run together: padding costs more than small batches do

Text = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of N texts, all of unit length: `pooled` (N, D), `tokens` (N, T, D), and which of them count, `own` (N, T)."""

    pooled: Tensor
    tokens: Tensor
    own: Tensor


class Halves:
    """BertModel in a sentence-transformers folder, of which only the layers from `frozen` on are trained: none if None.

    Without dropout, which would ask for the lower layers anew each time; on two cores it also takes longer than all the
    rest.
    """

    def __init__(self, folder: Path, frozen: int | None = None) -> None:
        self.bert = BertModel.from_pretrained(folder).eval()
        self._lower = self.bert.encoder.layer[:frozen]
        self._upper = self.bert.encoder.layer[len(self._lower) :]
        self.bert.requires_grad_(False)
        self._upper.requires_grad_(True)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(self.bert.config.max_position_embeddings)
        self._states: dict[Text, tuple[Tensor, Tensor]] = {}

    def trained(self) -> list[torch.nn.Parameter]:
        return list(self._upper.parameters())

    def prepare(self, texts: Iterable[Text]) -> None:
        """Run the lower layers on texts that they haven't seen."""
        new = {text: self._cut(text) for text in dict.fromkeys(texts) if text not in self._states}
        with torch.no_grad():
            for some in _by_length(list(new), {text: len(ids) for text, (ids, _) in new.items()}):
                ids, attended = _padded([new[text][0] for text in some])
                states = _through(self._lower, self.bert.embeddings(input_ids=ids), attended)
                for text, state in zip(some, states, strict=True):
                    own = new[text][1]
                    self._states[text] = (state[: len(own)].half(), own)

    def __call__(self, texts: Sequence[Text], hidden: float = 0.0) -> Vectors:
        """The vectors of some texts; their gradients reach the upper layers.

        A share of the tokens may be hidden from the others and from the result, other ones each time, so that training
        can't lean on any single one of them.
        """
        self.prepare(texts)
        lengths = {text: len(self._states[text][1]) for text in texts}
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        pooled: list[Tensor] = [torch.empty(0)] * len(places)
        tokens: list[Tensor] = [torch.empty(0)] * len(places)
        own: list[Tensor] = [torch.empty(0)] * len(places)
        for some in _by_length(list(places), lengths):
            states, attended = _padded([self._states[text][0].float() for text in some])
            attended = attended & (torch.rand(attended.shape) >= hidden)
            attended[:, 0] = True  # a text of which nothing is left has no mean
            states = _through(self._upper, states, attended)
            means = (states * attended[:, :, None]).sum(dim=1) / attended.sum(dim=1, keepdim=True)
            for row, text in enumerate(some):
                place, length = places[text], lengths[text]
                pooled[place], tokens[place] = means[row], states[row, :length]
                own[place] = self._states[text][1] & attended[row, :length]
        order = [places[text] for text in texts]
        padded, _ = _padded([tokens[place] for place in order])
        shown, _ = _padded([own[place] for place in order])
        return Vectors(F.normalize(torch.stack(pooled)[order], dim=-1), F.normalize(padded, dim=-1), shown)

    def _cut(self, text: Text) -> tuple[Tensor, Tensor]:
        """The ids of a text's tokens, and which of them count in late interaction, as the assistant has it."""
        role, words = text
        prompt = PROMPTS[role.value]
        pieces = self._tokenizer.encode(prompt + words)
        places, starts = own_tokens(
            prompt + words, len(prompt), pieces.tokens, pieces.offsets, pieces.special_tokens_mask
        )
        own = torch.zeros(len(pieces.ids), dtype=torch.bool)
        for place, start in zip(places, starts, strict=True):
            own[place] = role is Role.PASSAGE or is_spoken(words, int(start))
        return torch.tensor(pieces.ids), own


def _by_length(texts: Sequence[Text], lengths: dict[Text, int]) -> Iterator[list[Text]]:
    """The texts from short to long, as many together as fit."""
    some: list[Text] = []
    for text in sorted(texts, key=lengths.__getitem__):
        if some and (len(some) + 1) * lengths[text] > _TOGETHER:
            yield some
            some = []
        some.append(text)
    if some:
        yield some


def _padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows (T, …) of different lengths as one tensor (N, longest T, …), and which places are theirs (N, longest T)."""
    padded = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
    lengths = torch.tensor([len(row) for row in rows])
    return padded, torch.arange(padded.shape[1]) < lengths[:, None]


def _through(layers: torch.nn.ModuleList, states: Tensor, attended: Tensor) -> Tensor:
    mask = attended[:, None, None, :].expand(-1, 1, states.shape[1], -1)
    for layer in layers:
        states = layer(states, mask)
    return states
