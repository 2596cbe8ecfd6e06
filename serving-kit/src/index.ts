/** What the services must do identically, or the comparison is unfair. */
export * from './contract/index.js';
export { errorAnswerer, type ErrorAnswerer } from './http/error-answerer.js';
export type { HttpLimits } from './http/limits.js';
export { ServiceMetrics } from './http/metrics.js';
export { RequestBodies } from './http/read-body.js';
export { errorBody, sendJson } from './http/send-json.js';
export { createServiceApp } from './http/service-app.js';
export { ConfigError, loadConfig } from './process/config.js';
export { createLogger, type Logger } from './process/logger.js';
export { runService, type Running, type Service, type ServiceConfig } from './process/run-service.js';
export { RunningServer } from './process/running-server.js';
export { JSON_SETTINGS, SERVICE_SETTINGS, wholeNumber } from './process/settings.js';
