"""Inputs with the answers Python's TensorFlow gives for them, one at a time (batch 1), digit for digit."""

import hashlib
import json
from pathlib import Path

import numpy as np
import tensorflow as tf

from . import fashion_mnist, measures
from .generated_images import generated_image
from .places import write_whole

HELDOUT_COUNT = 32
GENERATED_SEEDS = range(1, 9)


def inputs(shape: tuple[int, ...]) -> tuple[dict, np.ndarray]:
    """How to get the inputs (for golden.json) and the inputs themselves, uint8 [n, h, w, c]."""
    if shape[:2] == (28, 28):
        return {"kind": "heldout", "first": 0, "count": HELDOUT_COUNT}, fashion_mnist.committed_heldout()[:HELDOUT_COUNT]
    images = np.stack([generated_image(seed, shape) for seed in GENERATED_SEEDS])
    return {"kind": "generated", "seeds": list(GENERATED_SEEDS), "shape": list(shape)}, images


def write(path: Path, name: str, versions: dict[int, Path], shape: tuple[int, ...]) -> None:
    source, images = inputs(shape)
    floats = fashion_mnist.as_floats(images)
    outputs = {}
    for version, folder in versions.items():
        predict = measures.load(folder)
        outputs[str(version)] = [predict(image[None])[0] for image in floats]
    rows = ",\n".join(
        f'    "{version}": [\n' + ",\n".join(f"      [{_numbers(row)}]" for row in answers) + "\n    ]"
        for version, answers in outputs.items()
    )
    head = {
        "schema": 1,
        "model": name,
        "tensorflow": tf.__version__,
        "inputs": {**source, "scale": "float32(byte) / 255", "float32Sha256": hashlib.sha256(floats.astype("<f4").tobytes()).hexdigest()},
    }
    lines = [f'  {json.dumps(key)}: {json.dumps(value)}' for key, value in head.items()]
    write_whole(path, "{\n" + ",\n".join(lines) + ',\n  "outputs": {\n' + rows + "\n  }\n}\n")


def _numbers(row: np.ndarray) -> str:
    """The shortest decimals that read back as the same float32."""
    return ", ".join(np.format_float_scientific(value, unique=True, trim="-") for value in row)
