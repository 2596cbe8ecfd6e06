"""How weights lie in the SavedModel, and how the graph turns them back into float32 before it computes.

Half floats and 8-bit integers save bytes on disk and in memory; TensorFlow's CPU kernels still compute in float32, so
each run pays for the conversion. Whether that costs or saves time is what the study measures.
"""

from typing import Literal

import numpy as np
import tensorflow as tf

Storage = Literal["float32", "float16", "int8"]


class StoredWeight(tf.Module):
    """One weight as stored; `value()` gives it in float32 inside a graph."""

    def __init__(self, weight: np.ndarray, storage: Storage):
        super().__init__()
        # Biases and other vectors are few; rounding them would cost accuracy and save nothing.
        self.storage = storage if weight.ndim >= 2 else "float32"
        if self.storage == "int8":
            # Symmetric, one scale per output channel: the usual form of 8-bit weights.
            peak = np.abs(weight).max(axis=tuple(range(weight.ndim - 1)))
            scale = (np.where(peak > 0, peak, 1) / 127).astype(np.float32)
            self.scale = tf.Variable(scale, trainable=False)
            self.stored = tf.Variable(np.rint(weight / scale).astype(np.int8), trainable=False)
        else:
            self.stored = tf.Variable(weight.astype(self.storage), trainable=False)

    def value(self) -> tf.Tensor:
        if self.storage == "float32":
            return tf.convert_to_tensor(self.stored)
        value = tf.cast(self.stored, tf.float32)
        return value * self.scale if self.storage == "int8" else value
