"""How good is it? Whole answers to judged questions, and retrieval on a BEIR set, both by the pipeline of `ask`.

questions   the figures of a file of judged questions, for each type
misses      the questions that were answered wrongly, by cause
ablation    what each part of the ranking is worth on them
runs        a run kept in a file, and what has changed since
beir        a public set
"""

from assistant.evaluation.ablation import ablate
from assistant.evaluation.beir import beir_passages, beir_queries, evaluate_beir, judgements
from assistant.evaluation.misses import Cause, Miss, find_misses, miss_lines
from assistant.evaluation.questions import Judgement, Outcome, ask_all, judged_questions, summary
from assistant.evaluation.report import Report
from assistant.evaluation.runs import Comparison, compare, load_run, save_run
from assistant.evaluation.searched import open_documents

__all__ = [
    "Cause",
    "Comparison",
    "Judgement",
    "Miss",
    "Outcome",
    "Report",
    "ablate",
    "ask_all",
    "beir_passages",
    "beir_queries",
    "compare",
    "evaluate_beir",
    "find_misses",
    "judged_questions",
    "judgements",
    "load_run",
    "miss_lines",
    "open_documents",
    "save_run",
    "summary",
]
