"""Which models there are, what each is for, and how its weights come to be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import architectures as shapes
from .storage import Storage


@dataclass(frozen=True)
class Trained:
    seed: int
    epochs: int


@dataclass(frozen=True)
class Seeded:
    seed: int


@dataclass(frozen=True)
class Rounded:
    """The base's weights, stored in fewer bits."""

    base: str


@dataclass(frozen=True)
class Pruned:
    """The base's smallest weights set to zero, the others trained on."""

    base: str
    share: float
    seed: int
    epochs: int


@dataclass(frozen=True)
class Slimmed:
    """The base's weakest channels cut out, the rest trained on."""

    base: str
    keep: tuple[int, int, int]
    seed: int
    epochs: int


Recipe = Trained | Seeded | Rounded | Pruned | Slimmed


@dataclass(frozen=True)
class Entry:
    name: str
    title: str
    architecture: Callable
    recipes: tuple[Recipe, ...]
    series: tuple[str, ...]
    storage: Storage = "float32"
    from_bytes: bool = False
    on_demand: bool = False
    measured_against: str | None = None
    """The model that a design is compared with, where it does not start from that model's weights."""

    @property
    def normalised(self) -> bool:
        """Whether it is trained with batch normalisation, which is folded into the convolutions afterwards."""
        return getattr(self.architecture, "func", None) in (shapes.wide_cnn, shapes.deep_cnn)

    @property
    def base(self) -> str | None:
        return self.measured_against or getattr(self.recipes[0], "base", None)


BASE = "cnn-w32"
"""What the optimised models start from: big enough that less arithmetic shows, small enough to commit five variants."""

ENTRIES = (
    Entry(
        "fashion-cnn",
        "Convolutional network 16c5-p-32c5-p-64; version 2 trained longer than version 1",
        shapes.fashion_cnn,
        (Trained(1, 1), Trained(2, 8)),
        ("default", "versions"),
        from_bytes=True,
    ),
    Entry("mlp-10k", "One hidden layer of 13 neurons", partial(shapes.mlp, 13), (Trained(3, 5),), ("complexity",)),
    Entry("cnn-w8", "3 convolutions, 8 to 16 channels", partial(shapes.wide_cnn, 8, 16, 16), (Trained(11, 2),), ("complexity", "width")),
    Entry("cnn-w16", "3 convolutions, 16 to 32 channels", partial(shapes.wide_cnn, 16, 32, 32), (Trained(12, 2),), ("complexity", "width")),
    Entry(
        BASE,
        "3 convolutions, 32 to 64 channels; the base of the optimised models",
        partial(shapes.wide_cnn, 32, 64, 64),
        (Trained(13, 4),),
        ("complexity", "width", "optimised"),
    ),
    Entry(
        "cnn-w64",
        "3 convolutions, 64 to 128 channels",
        partial(shapes.wide_cnn, 64, 128, 128),
        (Seeded(14),),
        ("complexity", "width"),
        on_demand=True,
    ),
    Entry(
        "cnn-w128",
        "3 convolutions, 128 to 256 channels",
        partial(shapes.wide_cnn, 128, 256, 256),
        (Seeded(15),),
        ("complexity", "width"),
        on_demand=True,
    ),
    Entry("cnn-d2", "2 residual blocks of 16 channels", partial(shapes.deep_cnn, 2), (Trained(21, 1),), ("complexity", "depth")),
    Entry("cnn-d4", "4 residual blocks of 16 channels", partial(shapes.deep_cnn, 4), (Trained(22, 1),), ("complexity", "depth")),
    Entry("cnn-d8", "8 residual blocks of 16 channels", partial(shapes.deep_cnn, 8), (Trained(23, 1),), ("complexity", "depth")),
    Entry("cnn-d16", "16 residual blocks of 16 channels", partial(shapes.deep_cnn, 16), (Trained(24, 1),), ("complexity", "depth")),
    Entry(
        "mobilenet-v2",
        "MobileNetV2 at 224x224x3",
        shapes.mobilenet_v2,
        (Seeded(31),),
        ("complexity", "large-input"),
        from_bytes=True,
        on_demand=True,
    ),
    Entry("resnet50", "ResNet50 at 224x224x3", shapes.resnet50, (Seeded(32),), ("complexity", "large-input"), on_demand=True),
    Entry(
        "cnn-float16",
        "cnn-w32 with weights stored as half floats",
        partial(shapes.wide_cnn, 32, 64, 64),
        (Rounded(BASE),),
        ("optimised",),
        storage="float16",
    ),
    Entry(
        "cnn-int8",
        "cnn-w32 with weights stored as 8-bit integers and a scale per channel",
        partial(shapes.wide_cnn, 32, 64, 64),
        (Rounded(BASE),),
        ("optimised",),
        storage="int8",
    ),
    Entry(
        "cnn-sparse",
        "cnn-w32 with 80% of the inner kernels' weights set to zero, computed densely",
        partial(shapes.wide_cnn, 32, 64, 64),
        (Pruned(BASE, 0.8, 41, 1),),
        ("optimised",),
    ),
    Entry(
        "cnn-slim",
        "cnn-w32 with 3 of 8 channels of each layer removed",
        partial(shapes.wide_cnn, 20, 40, 40),
        (Slimmed(BASE, (20, 40, 40), 42, 1),),
        ("optimised",),
    ),
    Entry(
        "cnn-separable",
        "cnn-w32's shape designed with depthwise-separable convolutions",
        partial(shapes.wide_cnn, 32, 64, 64, separable=True),
        (Trained(43, 3),),
        ("optimised",),
        measured_against=BASE,
    ),
)

BY_NAME = {entry.name: entry for entry in ENTRIES}
