"""A headless Chromium, and pages served on free ports by the real web server in a thread."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.reading import read_file
from assistant.settings import IndexSettings
from assistant.web import Service
from assistant.web.server import bind, build_server, page_url
from tests.browser.service import PairService

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium: pip install -e .[test]")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)

#: A document that tries everything: markup, templates of Gradio's frontend, spaces and line ends that HTML would fold.
HOSTILE = (
    "<b>标题</b>{{constructor}}${document.title='模板'}\n"
    "一、<script>document.title='脚本'</script>的处理\n"
    "处理脚本时要原样显示：<img src=x onerror=\"document.title='图片'\">  两个空格\t制表符 &amp; 实体。\r\n"
    "下一行也要原样显示。\n"
)
EXAMPLES = ("处理脚本时要原样显示",)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        reason = "needs Chromium and chromedriver (Debian: apt-get install chromium chromium-driver)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in [*QUIET.split(), f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield browser
    browser.quit()


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """The address of a page that is served as long as the block lasts."""
    with bind("127.0.0.1", 0) as listener:
        server = build_server(service)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield page_url(listener)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def served_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product as it is shipped: the real assistant over the seeds, in a library of its own."""
    assistant = Assistant.open(tmp_path_factory.mktemp("library"))
    assistant.warm_up()
    with serving(assistant) as url:
        yield url


@pytest.fixture(scope="session")
def grouped_page() -> Iterator[str]:
    """A page over two collections, one of which has a file with pages."""
    rules = read_file(Path("制度.txt"), "学习制度\n一、学习要求\n每月集中学习一次。\n".encode(), IndexSettings())
    tools = read_file(Path("工具.txt"), "工具手册\n一、铁锹\n铁锹每月集中保养。\n".encode(), IndexSettings())
    source = replace(tools.source, pages=(0, 5), format="pdf")
    documents = tuple(replace(document, source=source) for document in tools.documents)
    passages = tuple(replace(passage, document=documents[0]) for passage in tools.passages)
    paged = replace(tools, source=source, documents=documents, passages=passages)
    with serving(PairService([rules, paged], EXAMPLES)) as url:
        yield url


@pytest.fixture(scope="session")
def hostile_page() -> Iterator[str]:
    """A page over one document that must be shown as text, with answers that can be foreseen."""
    reading = read_file(Path("敌意.txt"), HOSTILE.encode(), IndexSettings())
    with serving(PairService([reading], EXAMPLES)) as url:
        yield url
