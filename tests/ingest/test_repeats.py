from assistant.ingest.repeats import repeated
from tests.fakes import make_passage

SENTENCE = "支部每月召开一次党员大会，讨论党员发展和组织生活的有关事项。"


def test_what_another_file_says_is_counted_by_file() -> None:
    old = make_passage(SENTENCE, name="旧.txt")
    new = make_passage(SENTENCE.replace("每月", "每季度"), name="新.txt")
    other = make_passage("仓库的门窗每天下班前都要检查一遍，钥匙交给值班员保管。", name="他.txt")
    assert repeated([new, other], [old, new, other]) == {new.document.source.id: 1}


def test_a_passage_does_not_repeat_itself() -> None:
    one = make_passage(SENTENCE)
    assert repeated([one], [one]) == {}


def test_texts_without_a_letter_are_alike_in_nothing() -> None:
    old, new = make_passage("……", name="旧.txt"), make_passage("！！", name="新.txt")
    assert repeated([new], [old, new]) == {}


def test_a_passage_that_only_shares_words_is_none() -> None:
    old = make_passage("支部每月召开一次党员大会，听取群众意见，安排下个月的重点工作任务。", name="旧.txt")
    assert repeated([make_passage(SENTENCE, name="新.txt")], [old]) == {}
