"""models/manifest.json: written here with --record, read and checked by bench/src/models."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from . import measures
from .catalogue import ENTRIES, Entry, Pruned, Recipe, Rounded, Seeded, Slimmed, Trained
from .places import MANIFEST, ROOT, write_whole

DATA = {
    "name": "Fashion-MNIST",
    "source": "https://github.com/zalandoresearch/fashion-mnist",
    "package": "Debian dataset-fashion-mnist 0.0~git20200523.55506a9-1",
    "copyright": "2017 Zalando SE",
    "licence": "MIT",
}
MEANINGLESS = "meaningless labels: the weights are drawn from a seed, not trained"


def read() -> dict:
    return json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {"models": []}


def recorded(name: str) -> dict | None:
    return next((model for model in read()["models"] if model["name"] == name), None)


def record(entry: Entry, folder: Path, seconds: float) -> None:
    """Measures the finished `folder` (which holds the numbered versions) and puts its entry in place."""
    seeded = isinstance(entry.recipes[0], Seeded)
    first = folder / "1"
    described = {
        "name": entry.name,
        "title": entry.title,
        "series": list(entry.series),
        "base": entry.base,
        "location": "on-demand" if entry.on_demand else "committed",
        "path": folder.relative_to(ROOT).as_posix(),
        "build": {"command": f"python models/build.py {entry.name}", "seconds": round(seconds)},
        "storage": entry.storage,
        **measures.counts(first),
        "layers": _layers(entry),
        "flopsPerInstance": measures.flops_per_instance(first),
        "signatures": measures.signatures(first),
        "versions": [
            {
                "version": version,
                "sha256": measures.digest(folder / str(version)),
                **measures.sizes(folder / str(version)),
                "accuracy": None if seeded else measures.accuracy(folder / str(version)),
                **({"noAccuracyBecause": MEANINGLESS} if seeded else {}),
                "provenance": {"weights": _words(recipe), "data": None if seeded else DATA["name"], **_seed(recipe)},
            }
            for version, recipe in enumerate(entry.recipes, 1)
        ],
    }
    others = {model["name"]: model for model in read()["models"]} | {entry.name: described}
    manifest = {
        "schema": 1,
        "madeWith": {
            "script": "models/build.py",
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
            "python": ".".join(map(str, sys.version_info[:3])),
        },
        "flopsMethod": "tf.compat.v1.profiler float_operation over the frozen serving_default graph at batch 1; a multiplication and an addition are two",
        "digestMethod": "sha256 of the lines `sha256sum` prints for the version folder's files, sorted by path (./ first)",
        "data": DATA,
        "models": [others[name] for name in (known.name for known in ENTRIES) if name in others],
    }
    write_whole(MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _layers(entry: Entry) -> int:
    """Layers that have weights; normalisation is not counted."""
    return sum(1 for layer in entry.architecture().layers if layer.weights and not isinstance(layer, keras.layers.BatchNormalization))


def _seed(recipe: Recipe) -> dict:
    return {"seed": asdict(recipe).get("seed")}


def _words(recipe: Recipe) -> str:
    match recipe:
        case Trained(_, epochs):
            return f"trained {_epochs(epochs)} on the 60 000 training images"
        case Seeded():
            return "drawn from the seed"
        case Rounded(base):
            return f"{base}'s, rounded"
        case Pruned(base, share, _, epochs):
            return f"{base}'s, the smallest {share:.0%} of each inner kernel set to zero, the rest trained {_epochs(epochs)} more"
        case Slimmed(base, keep, _, epochs):
            return f"{base}'s strongest {'-'.join(map(str, keep))} channels, trained {_epochs(epochs)} more"


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"
