export {
  modelServerConfigFromMessage,
  type ModelConfig,
  type ModelServerConfig,
  type VersionPolicy,
} from './model-server-config.js';
export { metricsPathFromMessage } from './monitoring-config.js';
export { readConfigFile } from './read-config-file.js';
export { sslConfigFromMessage, type SslConfig } from './ssl-config.js';
