import pytest

from assistant.wording import bare


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("请问一下，党费怎么交？谢谢！", "党费怎么交？"),
        ("您好，我想咨询一下党费怎么交", "党费怎么交"),
        ("老师好！麻烦问一下党费怎么交，非常感谢", "党费怎么交"),
        ("帮我查一下党费怎么交", "党费怎么交"),
        ("有人知道党费怎么交吗？多谢各位", "党费怎么交吗？"),
        ("Hello, could you tell me how to pay the fee? Thank you", "how to pay the fee?"),
        ("党费怎么交", "党费怎么交"),
        ("我想入党", "我想入党"),
        ("要问责哪些人", "要问责哪些人"),
        ("怎样感谢老党员", "怎样感谢老党员"),
        ("谢谢", "谢谢"),
        ("请问", "请问"),
        ("", ""),
    ],
)
def test_politeness_is_left_out(question: str, expected: str) -> None:
    assert bare(question) == expected
