"""The page without a browser: what is served, what is closed, and what is said when the address can't be had."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import AddressUnavailable
from assistant.reading import read_file
from assistant.settings import IndexSettings
from assistant.web import view
from assistant.web.server import bind, page_url
from assistant.web.shield import content_security_policy, local_html
from tests.browser.service import PairService

TEXT = "学习制度\n一、学习要求\n党支部每月组织一次集中学习,并做好学习记录。\n"


@pytest.fixture
def service() -> PairService:
    return PairService([read_file(Path("学习.txt"), TEXT.encode(), IndexSettings())], ["每月学习几次"])


@pytest.fixture
def client(service: PairService, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    from fastapi.testclient import TestClient

    from assistant.web.page import build_app

    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    with TestClient(build_app(service)) as client:
        yield client
    assert asked == []  # nobody was called while the page was built and served


def test_the_served_page_names_no_other_host_and_allows_none(client) -> None:  # type: ignore[no-untyped-def]
    reply = client.get("/", headers={"accept-encoding": "gzip, br"})
    hosts = set(re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})", reply.text))
    assert hosts == set()
    assert 'lang="zh-CN"' in reply.text
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe-inline" not in policy.split("style-src")[0]
    assert "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    "path", ["upload", "proxy=https://example.org/", "file=/etc/hosts", "run-history/buckets", "heartbeat/x"]
)
def test_routes_the_page_does_not_need_are_closed(client, path: str) -> None:  # type: ignore[no-untyped-def]
    assert client.get(f"/gradio_api/{path}").status_code == 404
    assert client.post(f"/gradio_api/{path}").status_code == 404


def test_tags_of_other_hosts_are_taken_out_and_the_rest_stays() -> None:
    kept = '<link rel="stylesheet" href="./assets/a.css"><meta charset="utf-8"><script>let a = "//b";</script>'
    gone = (
        '<meta property="og:title" content="x"><meta\n name="twitter:card" content="x">'
        '<link rel="preconnect" href="https://fonts.example.org"><link href="//cdn.example.org/a.css">'
        '<script src="https://cdn.example.org/a.js"></script>'
    )
    assert local_html(gone + kept) == kept


def test_the_policy_allows_the_inline_scripts_of_the_page_by_their_hash() -> None:
    policy = content_security_policy('<script src="a.js"></script><script>let a = 1</script>')
    digest = base64.b64encode(hashlib.sha256(b"let a = 1").digest()).decode()
    assert re.findall(r"'sha256-(.*?)'", policy) == [digest]


def test_an_answer_or_the_sentence_why_there_is_none(service: PairService) -> None:
    assert "集中学习" in str(view.ask(service, {"question": "每月集中学习几次"})["html"])
    assert view.ask(service, {"question": "  "}) == {"notice": "问题是空的，请输入想问的内容。"}
    assert "notice" in view.ask(service, {"question": ["一", "二"]})
    assert "notice" in view.ask(service, "每月集中学习几次")


def test_the_topic_goes_to_the_page_and_comes_back(service: PairService) -> None:
    first = view.ask(service, {"question": "每月集中学习几次", "topic": None})
    assert first["topic"] == {"question": "每月集中学习几次", "rounds": 1}
    second = view.ask(service, {"question": "还有吗", "topic": first["topic"]})
    assert "接着上一问：<span>每月集中学习几次</span>" in str(second["html"])


@pytest.mark.parametrize("sent", ["每月", {"question": 1, "rounds": 1}, {"question": "每月", "rounds": "x"}, {}, [1]])
def test_what_is_no_topic_is_none(service: PairService, sent: object) -> None:
    assert "接着上一问" not in str(view.ask(service, {"question": "每月集中学习几次", "topic": sent})["html"])


def test_the_original_comes_whole_and_places_outside_it_are_left_out(service: PairService) -> None:
    [document] = service.documents()
    reply = view.original(service, {"source": document.source.id, "spans": "0-4 3-2 7-99999999", "marks": "x"})
    assert reply["name"] == "学习.txt"
    assert reply["html"].count('class="cited"') == 1
    assert "notice" in view.original(service, {"source": "gone"})
    assert "notice" in view.original(service, None)


def test_a_place_in_a_file_with_pages_names_its_page() -> None:
    reading = read_file(Path("学习.txt"), TEXT.encode(), IndexSettings())
    source = replace(reading.source, pages=(0, 5))
    documents = tuple(replace(document, source=source) for document in reading.documents)
    service = PairService([replace(reading, source=source, documents=documents)])
    assert view.original(service, {"source": source.id, "spans": "6-9"})["page"] == "2"
    assert "page" not in view.original(service, {"source": source.id})


def test_the_list_of_files_says_what_was_read_of_each(service: PairService) -> None:
    listed = view.library(service)["documents"]
    assert "学习.txt，分组：学习.txt</summary>" in listed
    [account] = view.accounts(service).values()
    assert "读到 32 字：正文 22，标题 10，杂项 0" in account


def test_a_question_may_be_asked_of_one_collection(service: PairService) -> None:
    asked = {"question": "每月集中学习几次"}
    assert "集中学习" in str(view.ask(service, {**asked, "collection": "学习.txt"})["html"])
    assert "未找到" in str(view.ask(service, {**asked, "collection": "别的"})["html"])


def test_a_file_is_given_out_as_it_came(client, service: PairService) -> None:  # type: ignore[no-untyped-def]
    [document] = service.documents()
    reply = client.get(f"/original/{document.source.id}")
    assert reply.content == TEXT.encode()
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%AD%A6%E4%B9%A0.txt"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert client.get("/original/none").status_code == 404


@pytest.mark.parametrize(("form", "kind"), [("pdf", "inline"), ("html", "attachment"), ("docx", "attachment")])
def test_only_what_runs_nothing_is_shown_in_the_browser(form: str, kind: str) -> None:
    from fastapi.testclient import TestClient

    from assistant.web.page import build_app

    reading = read_file(Path("学习.txt"), TEXT.encode(), IndexSettings())
    source = replace(reading.source, format=form)
    with TestClient(build_app(PairService([replace(reading, source=source)]))) as client:
        reply = client.get(f"/original/{source.id}")
    assert reply.headers["content-disposition"].startswith(kind)
    assert "html" not in reply.headers["content-type"]


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressUnavailable, match=rf"端口 {port} 已被占用.*--port \d+"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("192.0.2.1", 0), ("不是.地址.", 0)])
def test_an_address_that_cannot_be_had_is_one_sentence(host: str, port: int) -> None:
    with pytest.raises(AddressUnavailable, match=r"^[^\n]+。$"):
        bind(host, port)


def test_every_address_of_the_machine_is_opened_by_the_local_one() -> None:
    with bind("0.0.0.0", 0) as listener:
        assert page_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
