"""How fast is it, and how much memory does it take? On the seeds, in a library of its own that is thrown away.

    python -m benchmarks.speed

Cold figures are of new processes, from the start of Python to its end; warm ones of one process after a first question.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from assistant.assistant import Assistant
from assistant.encoder import Role
from assistant.encoder.choose import load_encoder
from assistant.index import encoded_text
from assistant.web.server import bind, build_server, page_url

_QUESTION = "党员流动性大怎么办"
_COLD_RUNS = 5
_QUESTIONS = 40
#: What `zhiyin` does, and then what it took.
_WATCHED = """
import resource, sys
from assistant.cli import main
code = main(sys.argv[1:])
print("torch" in sys.modules, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory(prefix="zhiyin-speed-") as name:
        _cold(Path(name))  # first: a child's peak counts what its parent held when it was started
        with closing(Assistant.open(Path(name))) as assistant:
            _warm(assistant)


def _cold(folder: Path) -> None:
    ask = ["ask", _QUESTION, "--library", str(folder)]
    _row("first ask: seeds read, encoded and indexed", f"{_process(['-m', 'assistant', *ask])[0]:.1f} s")
    times = [_process(["-m", "assistant", *ask])[0] for _ in range(_COLD_RUNS)]
    _row(f"ask, new process, median of {_COLD_RUNS}", f"{median(times):.2f} s")
    torch, peak = _process(["-c", _WATCHED, *ask])[1].split()
    _row("  torch imported", "yes" if torch == "True" else "no")
    _row("  peak memory", _megabytes(int(peak)))


def _warm(assistant: Assistant) -> None:
    assistant.warm_up()
    questions = list(islice(_questions(assistant), _QUESTIONS))
    encoder = load_encoder()
    encoder.encode(["预热"], Role.QUERY)
    times = _times(lambda question: encoder.encode([question], Role.QUERY), questions)
    _row("encoding a question", _spread(times))
    texts = [encoded_text(passage) for passage in assistant.library.passages()]
    (took,) = _times(lambda texts: encoder.encode(texts, Role.PASSAGE), [texts])
    _row(f"encoding {len(texts)} passages", f"{len(texts) / took:.0f} passages/s")
    _row(f"Assistant.ask, {len(questions)} questions", _spread(_times(assistant.ask, questions)))
    with _page(assistant) as ask:
        ask(_QUESTION)
        _row(f"the page's call over HTTP, {len(questions)} questions", _spread(_times(ask, questions)))
    _row("peak memory with the page", _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _process(arguments: Sequence[str]) -> tuple[float, str]:
    """Seconds that a new Python took, and the last line it wrote to stderr."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, encoding="utf-8")
    return time.perf_counter() - began, done.stderr.rpartition("\n")[0].rpartition("\n")[2]


def _questions(assistant: Assistant) -> Iterator[str]:
    """What one may ask about the headings of the documents, each once."""
    outlines = [outline for reading in assistant.library.readings() for outline in reading.sections]
    titles = [section.title for outline in outlines for section in outline if len(section.heading) and section.title]
    return (f"{title}怎么做" for title in dict.fromkeys(titles))


@contextmanager
def _page(assistant: Assistant) -> Iterator[Callable[[str], None]]:
    """Asks one question as the page's script does, of a server on a free port."""
    with bind("127.0.0.1", 0) as listener:
        server = build_server(assistant)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        url = page_url(listener)
        try:
            with urllib.request.urlopen(f"{url}/config") as reply:
                components = json.load(reply)["components"]
            (identity,) = (each["id"] for each in components if "ask" in each["props"].get("server_fns", ()))

            def ask(question: str) -> None:
                data = {"question": question, "topic": None}
                call = {"data": data, "fn_name": "ask", "component_id": identity, "session_hash": "speed"}
                request = urllib.request.Request(
                    f"{url}/gradio_api/component_server",
                    json.dumps(call).encode(),
                    {"content-type": "application/json"},
                )
                with urllib.request.urlopen(request) as reply:
                    if "html" not in json.load(reply):
                        raise RuntimeError(f"no answer to {question}")

            yield ask
        finally:
            server.should_exit = True
            thread.join()


def _times(call: Callable[[Any], object], arguments: Sequence[Any]) -> list[float]:
    times = []
    for argument in arguments:
        began = time.perf_counter()
        call(argument)
        times.append(time.perf_counter() - began)
    return times


def _spread(times: Sequence[float]) -> str:
    return f"median {median(times) * 1000:.1f} ms, p95 {quantiles(times, n=20)[-1] * 1000:.1f} ms"


def _megabytes(peak: int) -> str:
    """`ru_maxrss` is in bytes on macOS and in kilobytes elsewhere."""
    return f"{peak / (1 << 20 if sys.platform == 'darwin' else 1 << 10):.0f} MB"


def _row(name: str, value: str) -> None:
    print(f"{name:<52}{value}", flush=True)


if __name__ == "__main__":
    main()
