import type { ProxyConfig } from '../config.js';
import { GrpcUpstream } from './grpc/grpc-upstream.js';
import { RestUpstream } from './rest/rest-upstream.js';
import type { Upstream, UpstreamKind } from './upstream.js';

/** Both ways to the model server. Neither connects before it is asked for something. */
export function createUpstreams(config: ProxyConfig): Record<UpstreamKind, Upstream> {
  const answerLimitBytes = config.STUDY_ANSWER_LIMIT_BYTES;
  return {
    grpc: new GrpcUpstream({ addresses: config.STUDY_TFSERVING_GRPC, answerLimitBytes }),
    rest: new RestUpstream({
      origins: config.STUDY_TFSERVING_REST,
      answerLimitBytes,
      connections: config.STUDY_REST_CONNECTIONS,
    }),
  };
}
