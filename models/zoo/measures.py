"""What the manifest says of a finished SavedModel folder. Everything is measured on the files that will be served."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from . import fashion_mnist


def load(folder: Path):
    """The model as a function: float32 [n, h, w, c] to float32 [n, classes]."""
    model = tf.saved_model.load(str(folder))
    serve = model.signatures["serving_default"]

    def predict(images: np.ndarray) -> np.ndarray:
        return serve(image=tf.constant(images))["probabilities"].numpy()

    predict.model = model
    return predict


def digest(folder: Path) -> str:
    """As the shell would: cd folder; find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"""
    files = sorted(f"./{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file())
    lines = "".join(f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  {file}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def sizes(folder: Path) -> dict:
    """Bytes of all files, and the same compressed file by file: what a download or an image layer would take."""
    contents = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return {"bytes": sum(map(len, contents)), "gzipBytes": sum(len(gzip.compress(content, 9)) for content in contents)}


def signatures(folder: Path) -> dict:
    model = tf.saved_model.load(str(folder))

    def described(tensors) -> dict:
        return {
            alias: {"dtype": "string" if spec.dtype == tf.string else "float", "shape": [-1 if size is None else size for size in spec.shape]}
            for alias, spec in sorted(tensors.items())
        }

    return {
        name: {"inputs": described(function.structured_input_signature[1]), "outputs": described(function.structured_outputs)}
        for name, function in sorted(model.signatures.items())
    }


def flops_per_instance(folder: Path) -> int:
    """Floating-point operations of one inference at batch 1, a multiplication and an addition being two.

    TensorFlow's own profiler counts them over the frozen graph of `serving_default`, so converting stored weights is
    not counted.
    """
    model = tf.saved_model.load(str(folder))
    serve = model.signatures["serving_default"]
    shape = [1, *serve.structured_input_signature[1]["image"].shape[1:]]
    one = tf.function(lambda image: serve(image=image)).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    frozen = convert_variables_to_constants_v2(one)
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    profile = tf.compat.v1.profiler.profile(frozen.graph, cmd="scope", options=options.with_empty_output().build())
    return int(profile.total_float_ops)


def counts(folder: Path) -> dict:
    """Weights as stored (scales of 8-bit weights are not counted: they are no weights of the network)."""
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    arrays = [reader.get_tensor(key) for key in reader.get_variable_to_shape_map() if "/stored/" in key]
    return {"parameters": sum(array.size for array in arrays), "nonZeroParameters": sum(int(np.count_nonzero(array)) for array in arrays)}


def accuracy(folder: Path) -> dict:
    """Top-1 over all 10 000 held-out images, none of which any training saw, and over the 256 of them that are committed."""
    images, labels = fashion_mnist.images_and_labels("t10k")
    predict = load(folder)
    answers = np.concatenate([predict(fashion_mnist.as_floats(images[at : at + 500])).argmax(1) for at in range(0, len(labels), 500)])
    right = answers == labels
    few = len(fashion_mnist.committed_heldout())
    return {
        "heldout": {"top1": int(right.sum()) / len(labels), "n": len(labels)},
        "committed": {"top1": int(right[:few].sum()) / few, "n": few},
    }
