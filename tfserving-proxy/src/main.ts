import { runService } from '@serving-study/serving-kit';
import { PROXY_SETTINGS } from './config.js';
import { createUpstreams, serve } from './server.js';

await runService(
  {
    name: 'tfserving-proxy',
    settings: PROXY_SETTINGS,
    start: (config, logger) => serve(createUpstreams(config), config, logger),
  },
  process,
);
