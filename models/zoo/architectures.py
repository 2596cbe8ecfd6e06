"""The shapes of the models; no weights. Each function returns an untrained Keras model image -> probabilities."""

import keras
import numpy as np
from keras import layers

SMALL = (28, 28, 1)
LARGE = (224, 224, 3)
CLASSES = 10


def fashion_cnn() -> keras.Model:
    """16c5-p-32c5-p-64: the small network of many tutorials."""
    image = keras.Input(SMALL)
    x = layers.MaxPooling2D()(layers.Conv2D(16, 5, activation="relu")(image))
    x = layers.MaxPooling2D()(layers.Conv2D(32, 5, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return _classifier(image, x)


def mlp(hidden: int) -> keras.Model:
    image = keras.Input(SMALL)
    return _classifier(image, layers.Dense(hidden, activation="relu")(layers.Flatten()(image)))


def wide_cnn(first: int, second: int, third: int, separable: bool = False, normalised: bool = False) -> keras.Model:
    """Always three 3x3 convolutions; only the numbers of channels change. `normalised` is the form that learns faster."""
    image = keras.Input(SMALL)
    x = _convolution(image, first, normalised)
    x = layers.MaxPooling2D()(x)
    x = _convolution(x, second, normalised, separable)
    x = _convolution(x, third, normalised, separable)
    return _classifier(image, _mean_of_quarters(x))


def deep_cnn(blocks: int, channels: int = 16, normalised: bool = False) -> keras.Model:
    """Always 16 channels; only the number of residual 3x3 blocks at 14x14 changes."""
    image = keras.Input(SMALL)
    x = layers.MaxPooling2D()(_convolution(image, channels, normalised))
    for _ in range(blocks):
        x = layers.Add()([x, _convolution(x, channels, normalised)])
    return _classifier(image, _mean_of_quarters(x))


def fold_normalisation(normalised: keras.Model) -> list[np.ndarray]:
    """Weights for the plain form of a `normalised` model, which computes the same with fewer operations."""
    weights = []
    for layer in normalised.layers:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            weights[-1] = weights[-1] * scale
            weights.append(beta - mean * scale)
        else:
            weights += layer.get_weights()
    return weights


def _convolution(x, channels: int, normalised: bool, separable: bool = False):
    conv = layers.SeparableConv2D if separable else layers.Conv2D
    if not normalised:
        return conv(channels, 3, padding="same", activation="relu")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(conv(channels, 3, padding="same", use_bias=False)(x)))


def mobilenet_v2() -> keras.Model:
    return _application(keras.applications.MobileNetV2)


def resnet50() -> keras.Model:
    return _application(keras.applications.ResNet50)


def _mean_of_quarters(x):
    """14x14 to 2x2 means: keeps where in the picture something was, which clothes need, at few weights."""
    return layers.Flatten()(layers.AveragePooling2D(7)(x))


def _classifier(image, x) -> keras.Model:
    return keras.Model(image, layers.Dense(CLASSES, activation="softmax", name="probabilities")(x))


def _application(build) -> keras.Model:
    image = keras.Input(LARGE)
    centred = layers.Rescaling(2.0, -1.0)(image)
    inner = build(include_top=True, weights=None, input_tensor=centred, classifier_activation="softmax")
    return keras.Model(image, inner.output)
