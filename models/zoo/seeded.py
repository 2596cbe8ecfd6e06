"""Weights drawn from a seed, for architectures whose training would cost hours: real arithmetic, meaningless labels.

Untrained networks answer nearly the same for every input, so that a server that mixed up two requests would go
unnoticed. heads.json therefore holds, per model, a gain and biases for the last layer that centre and spread its
outputs; they were computed once (`build.py --centre NAME`) and are constants since, so that every machine makes the
same bytes.
"""

import json
from pathlib import Path

import keras
import numpy as np

from .places import write_whole

HEADS = Path(__file__).parent / "heads.json"
SPREAD = 1.0
"""Standard deviation of the logits over inputs that centring aims at."""


def draw(model: keras.Model, seed: int) -> None:
    """He-normal kernels from numpy's PCG64 (the same numbers on every platform), zero biases, identity normalisation."""
    for at, variable in enumerate(model.weights):
        shape, name = tuple(variable.shape), variable.name
        if name in ("gamma", "moving_variance"):
            variable.assign(np.ones(shape, np.float32))
        elif "kernel" in name:
            fan_in = int(np.prod(shape[:2])) if "depthwise" in variable.path else int(np.prod(shape[:-1]))
            values = np.random.default_rng([seed, at]).standard_normal(shape) * np.sqrt(2 / fan_in)
            variable.assign(values.astype(np.float32))
        else:
            variable.assign(np.zeros(shape, np.float32))


def apply_head(model: keras.Model, name: str) -> None:
    head = json.loads(HEADS.read_text())[name]
    last = model.layers[-1]
    last.kernel.assign(last.kernel.numpy() * np.float32(head["gain"]))
    last.bias.assign(np.asarray(head["bias"], np.float32))


def centre(model: keras.Model, name: str, images: np.ndarray) -> None:
    """Computes and writes the head of one model from float32 `images`, rounded so that it is short to write down."""
    last = model.layers[-1]
    features = keras.Model(model.inputs, last.input).predict(images, batch_size=4, verbose=0)
    logits = features @ last.kernel.numpy()
    gain = float(f"{SPREAD / logits.std(axis=0).mean():.3g}")
    bias = [float(f"{value:.4g}") for value in -gain * logits.mean(axis=0)]
    heads = json.loads(HEADS.read_text()) if HEADS.exists() else {}
    heads[name] = {"gain": gain, "bias": bias}
    lines = [f'  "{key}": {json.dumps(heads[key])}' for key in sorted(heads)]
    write_whole(HEADS, "{\n" + ",\n".join(lines) + "\n}\n")
    common = np.abs(gain * logits.mean(axis=0)).mean()
    print(f"{name}: gain {gain}, common part {common:.1f} of the logits centred to a spread of {SPREAD}")
