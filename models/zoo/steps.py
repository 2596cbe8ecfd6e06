"""The two steps of a build, each for a process of its own: weights into an .npz file, .npz file into a SavedModel."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from . import seeded, training
from .architectures import fold_normalisation
from .catalogue import BY_NAME, Entry, Pruned, Rounded, Seeded, Slimmed, Trained
from .errors import BuildError
from .export import export_savedmodel


def make_weights(name: str, version: int, zoo: Path, target: Path) -> None:
    """`zoo` is the folder that holds the base model of a derived one."""
    entry = BY_NAME[name]
    model = entry.architecture()
    match entry.recipes[version - 1]:
        case Trained(seed, epochs):
            keras.utils.set_random_seed(seed)
            learner = entry.architecture(normalised=True) if entry.normalised else entry.architecture()
            training.fit(learner, seed, epochs)
            model.set_weights(fold_normalisation(learner))
        case Seeded(seed):
            seeded.draw(model, seed)
            seeded.apply_head(model, name)
        case Rounded(base):
            model.set_weights(_base_weights(base, zoo))
        case Pruned(base, share, seed, epochs):
            model.set_weights(_base_weights(base, zoo))
            training.prune_weights(model, share)
            training.fit(model, seed, epochs, peak_rate=1e-3)
        case Slimmed(base, keep, seed, epochs):
            model.set_weights(training.keep_strongest_channels(_base_weights(base, zoo), keep))
            training.fit(model, seed, epochs, peak_rate=1e-3)
    np.savez(target, *model.get_weights())


def export(name: str, weights: Path, folder: Path) -> None:
    entry = BY_NAME[name]
    model = _with_weights(entry, weights)
    export_savedmodel(model, entry.storage, entry.from_bytes, str(folder))


def centre(name: str, images: np.ndarray) -> None:
    entry = BY_NAME[name]
    model = entry.architecture()
    seeded.draw(model, entry.recipes[0].seed)
    seeded.centre(model, name, images)


def _with_weights(entry: Entry, weights: Path) -> keras.Model:
    model = entry.architecture()
    with np.load(weights) as arrays:
        model.set_weights([arrays[f"arr_{at}"] for at in range(len(arrays.files))])
    return model


def _base_weights(base: str, zoo: Path) -> list[np.ndarray]:
    checkpoint = zoo / base / "1" / "variables" / "variables"
    if not checkpoint.with_suffix(".index").exists():
        raise BuildError(f"{base} is not in {zoo}, and other models start from it; build {base} first")
    reader = tf.train.load_checkpoint(str(checkpoint))
    count = sum(1 for key in reader.get_variable_to_shape_map() if key.startswith("weights/"))
    return [reader.get_tensor(f"weights/{at}/stored/.ATTRIBUTES/VARIABLE_VALUE") for at in range(count)]
