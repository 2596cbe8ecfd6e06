import { runService } from '@serving-study/serving-kit';
import { PROXY_SETTINGS } from './config.js';
import { createApp, createUpstreams, listen } from './server.js';

await runService(
  {
    name: 'tfserving-proxy',
    settings: PROXY_SETTINGS,
    start: (config, logger) => {
      const upstreams = createUpstreams(config);
      return listen(createApp(upstreams, config, logger).app, upstreams, config);
    },
  },
  process,
);
