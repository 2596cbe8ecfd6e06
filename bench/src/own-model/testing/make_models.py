"""Makes models of several kinds for tests: python make_models.py FOLDER."""

import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

folder = sys.argv[1]
keras.utils.set_random_seed(1)


def spec(dtype, *shape, name):
    return tf.TensorSpec(shape, dtype, name=name)


class Kinds(tf.Module):
    def __init__(self, id_of_two=2**62 + 1, default=-1):
        ids = tf.constant([1, id_of_two], tf.int64)
        self.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["1", "2"], ids), default)
        self.seen = tf.Variable(0, dtype=tf.int32)

    @tf.function(input_signature=[spec(tf.string, None, name="word")])
    def words(self, word):
        return {"id": self.table.lookup(word), "loud": tf.strings.upper(word)}

    @tf.function(input_signature=[spec(tf.float32, None, 3, name="x"), spec(tf.float32, name="scale")])
    def uneven(self, x, scale):
        return {"y": x * scale, "total": tf.reduce_sum(x), "names": tf.constant(["a", "b"]), "nan": x / 0.0 * 0.0}

    @tf.function(input_signature=[spec(tf.float32, None, 3, name="x")])
    def flat(self, x):
        return {"y": tf.reshape(x, [-1])}

    @tf.function(input_signature=[spec(tf.float32, None, 3, name="x")])
    def named(self, x):
        return {"sum": tf.reduce_sum(x, 1), "names": tf.constant(["a", "b"])}

    @tf.function(input_signature=[spec(tf.float16, None, 2, name="x")])
    def half(self, x):
        return {"y": x + x}

    @tf.function(input_signature=[spec(tf.float64, None, name="x")])
    def double(self, x):
        return {"y": x * 3.0}

    @tf.function(input_signature=[spec(tf.uint8, None, 4, 4, 3, name="image")])
    def image(self, image):
        return {"mean": tf.reduce_mean(tf.cast(image, tf.float32), [1, 2])}

    @tf.function(input_signature=[spec(tf.float32, None, 4, name="x")])
    def dropout(self, x):
        return {"y": tf.nn.dropout(x, 0.5)}

    @tf.function(input_signature=[spec(tf.int64, None, name="id")])
    def lookup(self, id):
        return {"row": tf.gather(tf.constant([[1.0, 2.0], [3.0, 4.0]]), id)}

    @tf.function(input_signature=[spec(tf.int64, None, name="id")])
    def plain(self, id):
        return {"next": id + 1}

    @tf.function(input_signature=[spec(tf.int32, None, name="by")])
    def counter(self, by):
        return {"n": self.seen.assign_add(tf.reduce_sum(by)) + by}


kinds = Kinds()
names = ["words", "uneven", "flat", "named", "half", "double", "image", "dropout", "lookup", "plain", "counter"]
tf.saved_model.save(kinds, os.path.join(folder, "kinds"), signatures={name: getattr(kinds, name) for name in names})
tf.saved_model.save(kinds, os.path.join(folder, "narrow"), signatures={"lookup": kinds.double})
file = os.path.join(folder, "kinds", "saved_model.pb")
both = saved_model_pb2.SavedModel.FromString(open(file, "rb").read())
both.meta_graphs.add().CopyFrom(both.meta_graphs[0])
both.meta_graphs[1].meta_info_def.tags.append("gpu")
shutil.copytree(os.path.join(folder, "kinds"), os.path.join(folder, "devices", "1"))
with open(os.path.join(folder, "devices", "1", "saved_model.pb"), "wb") as out:
    out.write(both.SerializeToString())
later = Kinds(5, default=-5)
tf.saved_model.save(later, os.path.join(folder, "next"), signatures={"words": later.words})
lstm = keras.Sequential([keras.layers.Input((None, 2), name="series"), keras.layers.LSTM(4), keras.layers.Dense(3, activation="softmax")])
lstm.save(os.path.join(folder, "lstm.keras"))
