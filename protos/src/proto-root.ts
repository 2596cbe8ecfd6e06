import { fileURLToPath } from 'node:url';

/** Folder to give to a .proto loader as its include directory. */
export const PROTO_ROOT = fileURLToPath(new URL('../proto', import.meta.url));

/** The files that declare gRPC services, relative to `PROTO_ROOT`. */
export const SERVICE_FILES = [
  'tensorflow_serving/prediction_service.proto',
  'tensorflow_serving/model_service.proto',
] as const;
