"""A Keras model and its weights to a SavedModel folder, the same bytes every time.

`model.export` of Keras 3.15 is not used: it writes every weight twice (as `variables` and as `_all_variables`) in an
order that changes from run to run. Here each weight is one variable, in the model's order.
"""

import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2

from .storage import Storage, StoredWeight


class _Servable(tf.Module):
    def __init__(self, model, storage: Storage, from_bytes: bool):
        super().__init__()
        self.weights = [StoredWeight(weight, storage) for weight in model.get_weights()]
        trainable = {id(variable) for variable in model.trainable_variables}
        is_trainable = [id(variable) in trainable for variable in model.weights]
        shape = model.inputs[0].shape

        def predict(image):
            values = [weight.value() for weight in self.weights]
            first = [value for value, mine in zip(values, is_trainable) if mine]
            second = [value for value, mine in zip(values, is_trainable) if not mine]
            answer, _ = model.stateless_call(first, second, image, training=False)
            return {"probabilities": answer}

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name="image")], autograph=False)
        def serve(image):
            return predict(image)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="image_bytes")], autograph=False)
        def serve_bytes(image_bytes):
            flat = tf.io.decode_raw(image_bytes, tf.float32, little_endian=True)
            return predict(tf.reshape(flat, [-1, *shape[1:]]))

        self.serve = serve
        if from_bytes:
            self.serve_bytes = serve_bytes


def export_savedmodel(model, storage: Storage, from_bytes: bool, folder: str) -> None:
    """Call it in a fresh process: TensorFlow numbers functions as it goes, and the numbers are in the file.

    Signatures: `serving_default` takes `image`; with `from_bytes` also `raw_bytes`, which takes `image_bytes`, strings
    holding the image's float32 values little-endian (what a REST client sends as {"b64": ...}).
    """
    servable = _Servable(model, storage, from_bytes)
    signatures = {"serving_default": servable.serve, **({"raw_bytes": servable.serve_bytes} if from_bytes else {})}
    tf.saved_model.save(servable, folder, signatures)
    _fix_fingerprint(f"{folder}/fingerprint.pb")


def _fix_fingerprint(path: str) -> None:
    """fingerprint.pb has hashes of the content, which are the same every time, and a random uuid, which is not."""
    fingerprint = fingerprint_pb2.FingerprintDef()
    with open(path, "rb") as file:
        fingerprint.ParseFromString(file.read())
    fingerprint.uuid = str(fingerprint.graph_def_program_hash)
    with open(path, "wb") as file:
        file.write(fingerprint.SerializeToString(deterministic=True))
