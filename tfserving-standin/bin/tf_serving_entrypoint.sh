#!/bin/sh
# The entry point of the stand-in's image: at the path, and with the variables, of the official one.
exec /study/tfserving-standin/bin/tfserving-standin --port=8500 --rest_api_port=8501 \
  --model_name="$MODEL_NAME" --model_base_path="$MODEL_BASE_PATH/$MODEL_NAME" "$@"
