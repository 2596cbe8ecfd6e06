"""Exports a Keras file (.keras, .h5) as a SavedModel: python models/export_keras.py FILE FOLDER."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

file, folder = sys.argv[1:]
print("starting Keras", flush=True)
try:
    import keras

    print(f"reading {os.path.basename(file)}", flush=True)
    model = keras.models.load_model(file, compile=False)
    print(f"exporting {model.name}", flush=True)
    model.export(folder, verbose=False)
except Exception as error:  # whatever Keras finds, its first sentence is for the user
    sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())[:400]}")
