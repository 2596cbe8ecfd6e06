import { runService } from '@serving-study/serving-kit';
import { PROXY_SETTINGS } from '../config.js';
import { RestUpstream } from '../rest-upstream.js';
import { serve } from '../server.js';
import { TunedGrpcUpstream } from './grpc/tuned-grpc-upstream.js';

/** The proxy with what more work buys: Express off the hot path, TensorFlow Serving's JSON byte for byte. */
await runService(
  {
    name: 'tfserving-proxy-tuned',
    settings: PROXY_SETTINGS,
    start: (config, logger) => {
      const upstreams = { grpc: new TunedGrpcUpstream(config), rest: new RestUpstream(config) };
      return serve(upstreams, config, logger, ({ app, passOn, answerError }) => (request, response) => {
        if (!/^\/v1\//i.test(request.url ?? '')) app(request, response);
        else
          passOn(request, response).catch((error: unknown) => {
            answerError(error, request, response);
          });
      });
    },
  },
  process,
);
