"""Training on Fashion-MNIST, repeatable on one machine: seeded, with TensorFlow's deterministic kernels.

Another processor may round differently, so a model trained elsewhere is as good but not the same bytes.
"""

import time

import keras
import numpy as np
import tensorflow as tf

from . import fashion_mnist

BATCH = 128


def fit(model: keras.Model, seed: int, epochs: int, peak_rate: float = 2e-3) -> None:
    """Adam, learning rate falling as a cosine. The number of epochs is fixed beforehand: no peeking at held-out images."""
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    images, labels = fashion_mnist.images_and_labels("train")
    images = fashion_mnist.as_floats(images)
    steps = epochs * -(-len(images) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(peak_rate, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, labels, BATCH, epochs, verbose=0, callbacks=[_Progress(epochs)])


def prune_weights(model: keras.Model, share: float) -> None:
    """Sets the smallest `share` of each layer's kernel to zero and holds it there while training goes on."""
    for layer in model.layers:
        kernel = getattr(layer, "kernel", None)
        # The first convolution and the classifier are small and sensitive; pruning them gains nothing.
        if kernel is None or kernel.shape[-2] == 1 or layer.name == "probabilities":
            continue
        values = np.abs(kernel.numpy())
        mask = (values > np.quantile(values, share)).astype(np.float32)
        kernel.assign(kernel.numpy() * mask)
        kernel.constraint = _Keep(mask)


def keep_strongest_channels(weights: list[np.ndarray], keep: tuple[int, int, int]) -> list[np.ndarray]:
    """Cuts a wide_cnn's weights down to the channels with the largest kernels (L1 norm)."""
    kernels, biases = list(weights[0:6:2]), list(weights[1:6:2])
    head, head_bias = weights[6:]
    for at, count in enumerate(keep):
        strongest = np.sort(np.argsort(-np.abs(kernels[at]).sum((0, 1, 2)), kind="stable")[:count])
        channels = kernels[at].shape[-1]
        kernels[at], biases[at] = kernels[at][..., strongest], biases[at][strongest]
        if at < 2:
            kernels[at + 1] = kernels[at + 1][:, :, strongest, :]
        else:
            head = head.reshape(-1, channels, head.shape[-1])[:, strongest].reshape(-1, head.shape[-1])
    return [value for pair in zip(kernels, biases) for value in pair] + [head, head_bias]


class _Keep(keras.constraints.Constraint):
    def __init__(self, mask):
        self.mask = mask

    def __call__(self, w):
        return w * self.mask


class _Progress(keras.callbacks.Callback):
    def __init__(self, epochs: int):
        super().__init__()
        self.epochs, self.started = epochs, time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.monotonic() - self.started
        print(f"  epoch {epoch + 1}/{self.epochs}: accuracy {logs['accuracy']:.4f} on training images ({seconds:.0f} s)", flush=True)
