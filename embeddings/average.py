"""The mean of several encoders' weights: python -m embeddings.average OUT FOLDER[=WEIGHT]...

Weights that were trained from one start can be averaged, and the mean forgets less than each of them did (Wortsman et
al., *Model soups*, ICML 2022; with the start among them, *Robust fine-tuning of zero-shot models*, CVPR 2022).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from safetensors.numpy import load_file

from embeddings.folder import TORCH_WEIGHTS, write_torch_weights
from embeddings.source import Weights


def average(encoders: Sequence[Weights], shares: Sequence[float]) -> Weights:
    """The weighted mean of each weight; the shares need not add up to 1."""
    total = sum(shares)
    return {
        name: sum(weights[name] * (share / total) for weights, share in zip(encoders, shares, strict=True))
        for name in encoders[0]
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embeddings.average", description="Averages weights.")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("folders", nargs="+", help="folders of embeddings.train, each with =WEIGHT if it isn't 1")
    options = parser.parse_args()
    named = [folder.rpartition("=") if "=" in folder else (folder, "=", "1") for folder in options.folders]
    folders, shares = [Path(folder) for folder, _, _ in named], [float(share) for _, _, share in named]
    shutil.copytree(folders[0], options.out, dirs_exist_ok=True)
    write_torch_weights(options.out, average([load_file(folder / TORCH_WEIGHTS) for folder in folders], shares))


if __name__ == "__main__":
    main()
