"""The shapes of the models; no weights. Each function returns an untrained Keras model image -> probabilities."""

import keras
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


def wide_cnn(first: int, second: int, third: int, separable: bool = False) -> keras.Model:
    """Always three 3x3 convolutions; only the numbers of channels change."""
    conv = layers.SeparableConv2D if separable else layers.Conv2D
    image = keras.Input(SMALL)
    x = layers.Conv2D(first, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D()(x)
    x = conv(second, 3, padding="same", activation="relu")(x)
    x = conv(third, 3, padding="same", activation="relu")(x)
    return _classifier(image, _mean_of_quarters(x))


def deep_cnn(blocks: int, channels: int = 16) -> keras.Model:
    """Always 16 channels; only the number of residual 3x3 blocks at 14x14 changes."""
    image = keras.Input(SMALL)
    x = layers.MaxPooling2D()(layers.Conv2D(channels, 3, padding="same", activation="relu")(image))
    # Shrinking each block with the depth keeps the sum's variance the same, so that no normalisation is needed.
    start = keras.initializers.VarianceScaling(2 / blocks, "fan_in", "truncated_normal")
    for _ in range(blocks):
        x = layers.Add()([x, layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer=start)(x)])
    return _classifier(image, _mean_of_quarters(x))


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
