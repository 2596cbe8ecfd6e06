import { join } from 'node:path';
import protobuf from 'protobufjs';
import { PROTO_ROOT, SERVICE_FILES } from './proto-root.js';

const FILES = [
  'tensorflow/config.proto',
  'tensorflow/graph.proto',
  'tensorflow/saved_model.proto',
  'tensorflow_serving/prediction_log.proto',
  'tensorflow_serving/session_bundle_config.proto',
  'tensorflow_serving/monitoring_config.proto',
  'tensorflow_serving/ssl_config.proto',
  ...SERVICE_FILES,
];

let loaded: protobuf.Root | undefined;

/**
 * All messages of this package as one protobufjs root with the field names as written in the .proto files (snake_case,
 * as in TensorFlow Serving's JSON). Parsed once per process; look types up with `root.lookupType('tensorflow.SavedModel')`.
 */
export function loadMessages(): protobuf.Root {
  if (loaded !== undefined) return loaded;
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (protobuf.common.get(target) === null ? join(PROTO_ROOT, target) : target);
  root.loadSync(FILES, { keepCase: true });
  root.resolveAll();
  loaded = root;
  return root;
}
