/** What clients and servers agree on. Imports nothing but zod, so that the bench can share it without sharing a server. */
export {
  CLIENT_GONE,
  ServiceError,
  clientGone,
  malformedRequest,
  unreadableRequest,
  upstreamUnreachable,
} from './service-error.js';
export { HEADERS } from './headers.js';
export {
  errorResponseSchema,
  metadataResponseSchema,
  predictResponseSchema,
  statusResponseSchema,
  type MetadataResponse,
  type StatusResponse,
} from './responses.js';
export {
  DEFAULT_SIGNATURE,
  METADATA_ROUTE,
  PREDICT_ROUTE,
  STATUS_ROUTE,
  metadataPath,
  predictPath,
  statusPath,
  type ModelAddress,
} from './routes.js';
export { PHASES, formatServerTiming, parseServerTiming, type Phase, type ServerTiming } from './server-timing.js';
export { STATUS_TABLE, httpStatusFromGrpcCode, httpStatusFromStatusName, type StatusName } from './status-table.js';
