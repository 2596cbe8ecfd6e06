/** What clients and servers agree on. Imports nothing but zod, so that the bench can share it without sharing a server. */
export { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.js';
export { ServiceError, serviceError } from './service-error.js';
export { HEADERS } from './headers.js';
export { DEFAULT_SIGNATURE, predictRequestSchema, type PredictRequest } from './predict-request.js';
export {
  errorResponseSchema,
  metadataResponseSchema,
  predictResponseSchema,
  statusResponseSchema,
  type MetadataResponse,
  type StatusResponse,
} from './responses.js';
export { MODEL_ROUTE, PREDICT_ROUTE, metadataPath, predictPath, statusPath, type ModelAddress } from './routes.js';
export { PHASES, formatServerTiming, parseServerTiming, type Phase, type ServerTiming } from './server-timing.js';
export {
  STATUS_TABLE,
  httpStatusFromGrpcCode,
  httpStatusFromStatusName,
  statusNameFromHttpStatus,
  type StatusName,
} from './status-table.js';
