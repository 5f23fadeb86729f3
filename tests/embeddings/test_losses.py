from __future__ import annotations

import numpy as np
import pytest
import torch

from assistant import retrieval
from embeddings.losses import contrastive, late_interaction

NOTHING = torch.full((2, 1), -torch.inf)


def unit(*shape: int) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(1)), dim=-1)


def test_late_interaction_is_the_one_that_answers() -> None:
    query, passages = unit(1, 3, 8), unit(2, 5, 8)
    own = torch.tensor([[True] * 5, [True, True, False, False, False]])
    found = late_interaction(query, torch.ones(1, 3, dtype=torch.bool), passages, own)
    expected = retrieval.late_interaction(query[0].numpy(), [passages[0].numpy(), passages[1, :2].numpy()])
    np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_many_passages_of_different_lengths_score_as_each_alone() -> None:
    query, passages = unit(2, 3, 8), unit(45, 9, 8)
    all_of_query = torch.ones(2, 3, dtype=torch.bool)
    own = torch.arange(9) < torch.tensor([1 + place % 9 for place in range(45)])[:, None]
    together = late_interaction(query, all_of_query, passages, own)
    alone = [late_interaction(query, all_of_query, passages[[p]], own[[p]]) for p in range(45)]
    torch.testing.assert_close(together, torch.cat(alone, dim=1))


def test_tokens_that_do_not_count_change_nothing() -> None:
    query, passages = unit(1, 3, 8), unit(1, 5, 8)
    own = torch.tensor([[True, True, False]])
    all_of_passage = torch.ones(1, 5, dtype=torch.bool)
    assert late_interaction(query, own, passages, all_of_passage) == pytest.approx(
        late_interaction(query[:, :2], own[:, :2], passages, all_of_passage)
    )


def test_equal_scores_cost_the_chance_of_guessing() -> None:
    found = contrastive(torch.zeros(2, 2), torch.tensor([0, 1]), NOTHING, 1.0)
    assert found == pytest.approx(1.5 * np.log(2))


def test_the_right_passage_far_ahead_costs_nothing() -> None:
    assert contrastive(torch.eye(2) * 50, torch.tensor([0, 1]), NOTHING, 1.0) < 1e-6


def test_two_questions_of_one_passage_do_not_compete() -> None:
    scores = torch.tensor([[9.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
    assert contrastive(scores, torch.tensor([0, 0, 1]), NOTHING, 1.0) < 0.001


def test_an_unanswered_question_that_scores_as_high_costs() -> None:
    scores, right = torch.eye(2) * 50, torch.tensor([0, 1])
    near = torch.tensor([[50.0], [-torch.inf]])
    assert contrastive(scores, right, near, 1.0) == pytest.approx(0.5 * np.log(2) / 2, abs=1e-4)


def test_gradients_are_finite_where_nothing_is_unanswered() -> None:
    scores = torch.zeros(2, 2, requires_grad=True)
    contrastive(scores, torch.tensor([0, 1]), NOTHING, 0.05).backward()
    assert scores.grad is not None and torch.isfinite(scores.grad).all()
