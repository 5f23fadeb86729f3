from __future__ import annotations

import numpy as np

from assistant.encoder import Role
from embeddings.ranks import ranked
from tests.fakes import HashEncoder


def test_each_question_has_the_rank_of_its_passage_and_the_best_score() -> None:
    encoder = HashEncoder()
    passages = encoder.encode(["党费 收缴", "支部 换届 选举", "主题 党日"], Role.PASSAGE)
    questions = encoder.encode(["换届 选举", "换届 选举"], Role.QUERY)
    for found in ranked(questions, passages, [1, 0]).values():
        assert found.ranks[0] == 1 and found.ranks[1] > 1
        assert found.best[0] == found.best[1] > 0.5
    assert np.isclose(ranked(questions, passages, [1, 0])["late interaction"].best[0], 1.0)
