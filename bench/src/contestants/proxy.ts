import { fileURLToPath } from 'node:url';
import { contestantRecord, type ContestantDefinition } from './definition.js';
import { affinity, startOwnService } from './own-service.js';

const MAIN = fileURLToPath(new URL('../../../tfserving-proxy/dist/main.js', import.meta.url));

/** The Express service in front of TensorFlow Serving; the model server's processes count for it too. */
export function proxy(upstream: 'grpc' | 'rest'): ContestantDefinition {
  return {
    id: `proxy-${upstream}`,
    label: `Proxy → TensorFlow Serving by ${upstream === 'grpc' ? 'gRPC' : 'REST'}`,
    role: 'subject',
    family: 'tensorflow-serving',
    protocol: 'rest',
    onServing: true,
    missing: () => undefined,
    async start(launch, context) {
      const serving = await context.serving(launch);
      const { server, url, readyMs } = await startOwnService({
        name: this.id,
        args: [MAIN],
        env: {
          STUDY_UPSTREAM: upstream,
          STUDY_TFSERVING_GRPC: serving.grpcAddress,
          STUDY_TFSERVING_REST: serving.restUrl,
        },
        ...affinity(launch),
        logFile: context.logFile,
      });
      return {
        contestant: contestantRecord(this, context, server.commandLine),
        launch,
        target: { kind: 'rest', url, headers: {} },
        processes: [{ name: this.id, pid: server.pid }, ...serving.processes],
        readyMs: readyMs + serving.readyMs,
        ...(serving.metricsUrl === undefined ? {} : { metricsUrl: serving.metricsUrl }),
        stop: () => server.stop(),
      };
    },
  };
}
