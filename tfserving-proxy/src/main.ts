import { RunningServer, runService } from '@serving-study/serving-kit';
import { createApp } from './app.js';
import { PROXY_SETTINGS } from './config.js';
import { createUpstreams } from './upstream/create-upstreams.js';

await runService(
  {
    name: 'tfserving-proxy',
    settings: PROXY_SETTINGS,
    start: async (config, logger) => {
      const upstreams = createUpstreams(config);
      const app = createApp({
        upstreams,
        defaultUpstream: config.STUDY_UPSTREAM,
        limits: config,
        deadlineMs: config.STUDY_DEADLINE_MS,
        logger,
      });
      const server = await RunningServer.listen(app, config);
      return {
        url: server.url,
        drain: async (limitMs) => {
          await server.drain(limitMs);
          await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
        },
      };
    },
  },
  process,
);
