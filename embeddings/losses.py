"""Contrastive losses in torch, over the scores of questions and passages that share a step."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_NONE = -1e4  # the logit of what is no candidate
_TOGETHER = 20  # passages scored at once, padded to the longest of them


def late_interaction(query: Tensor, query_own: Tensor, passage: Tensor, passage_own: Tensor) -> Tensor:
    """(Q, P): the mean over a question's tokens of the best match among a passage's (`assistant.retrieval`).

    Tokens are (Q, S, D) and (P, T, D) of length 1; `own` (Q, S) and (P, T) says which of them count.
    """
    columns = []
    for some, own in zip(passage.split(_TOGETHER), passage_own.split(_TOGETHER), strict=True):
        places = own.any(dim=0).nonzero()
        length = int(places.max()) + 1 if len(places) else 1  # the rest is padding
        similar = torch.einsum("qsd,ptd->qspt", query, some[:, :length]).masked_fill(~own[:, :length], _NONE)
        best = similar.amax(dim=3) * query_own[:, :, None]
        columns.append(best.sum(dim=1) / query_own.sum(dim=1, keepdim=True).clamp(min=1))
    return torch.cat(columns, dim=1)


def contrastive(scores: Tensor, right: Tensor, unanswered: Tensor, temperature: float) -> Tensor:
    """InfoNCE (van den Oord et al., 2018) both ways.

    `scores` (Q, P); `right` (Q,) the passage of each question; `unanswered` (P, N) the scores of passages with
    questions that they don't answer, -inf where there are none. A question picks its passage among all; a passage
    prefers each of its questions to all those of others and to those that it leaves unanswered.
    """
    logits, unanswered = scores / temperature, (unanswered / temperature).clamp(min=_NONE)
    own = F.one_hot(right, scores.shape[1]).bool()
    others = torch.cat([logits.masked_fill(own, _NONE).T, unanswered], dim=1).logsumexp(dim=1)  # (P,)
    chosen = logits.gather(1, right[:, None]).squeeze(1)  # (Q,)
    of_passage = torch.logaddexp(chosen, others[right]) - chosen
    return F.cross_entropy(logits, right) + 0.5 * of_passage.mean()
