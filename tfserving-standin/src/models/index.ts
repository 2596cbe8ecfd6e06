export { loadVersion, type Batching, type ModelLoaderOptions } from './model-loader.js';
export { ModelServer, type ModelServerOptions } from './model-server.js';
