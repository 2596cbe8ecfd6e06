import { fileURLToPath } from 'node:url';
import { runningInstance, type ContestantDefinition } from './definition.js';
import { limits } from './limits.js';
import { startOwnService } from './own-service.js';
import { servingLaunches } from './serving/replicas.js';

const DIST = fileURLToPath(new URL('../../../tfserving-proxy/dist/', import.meta.url));

/** The Express service in front of TensorFlow Serving, of several with `replicas`; `tuned`: with what more work buys. */
export function proxy(upstream: 'grpc' | 'rest', work: 'plain' | 'tuned' = 'plain'): ContestantDefinition {
  const isTuned = work === 'tuned';
  return {
    id: `proxy-${upstream}${isTuned ? '-tuned' : ''}`,
    label: `${isTuned ? 'Tuned proxy' : 'Proxy'} → TensorFlow Serving by ${upstream === 'grpc' ? 'gRPC' : 'REST'}`,
    role: isTuned ? 'variant' : 'subject',
    family: 'tensorflow-serving',
    protocol: 'rest',
    onServing: true,
    startMs: 1000,
    async start(launch, context) {
      const servings = await Promise.all(servingLaunches(launch).map((each) => context.serving(each)));
      const started = await startOwnService({
        name: this.id,
        args: [`${DIST}${isTuned ? 'tuned/' : ''}main.js`],
        env: {
          STUDY_UPSTREAM: upstream,
          STUDY_TFSERVING_GRPC: servings.map(({ grpcAddress }) => grpcAddress).join(),
          STUDY_TFSERVING_REST: servings.map(({ restUrl }) => restUrl).join(),
        },
        ...limits(launch),
        logFile: context.logFile,
      });
      return runningInstance(this, launch, context, { ...started, behind: servings });
    },
  };
}
