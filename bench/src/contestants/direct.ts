import { contestantRecord, type ContestantDefinition } from './definition.js';

/** TensorFlow Serving asked directly: shows what the proxy costs. The model server itself is stopped by whoever owns it. */
export function direct(protocol: 'grpc' | 'rest'): ContestantDefinition {
  return {
    id: `direct-${protocol}`,
    label: `TensorFlow Serving, ${protocol === 'grpc' ? 'gRPC' : 'REST'}, direct`,
    role: 'direct',
    family: 'tensorflow-serving',
    protocol,
    onServing: true,
    startMs: 0,
    missing: () => undefined,
    async start(launch, context) {
      const serving = await context.serving(launch);
      return {
        contestant: contestantRecord(this, context, serving.command),
        launch,
        startedHere: serving.startedHere,
        startedAll: serving.isNew === true,
        target:
          protocol === 'grpc' ? { kind: 'grpc', address: serving.grpcAddress } : { kind: 'rest', url: serving.restUrl },
        processes: serving.processes,
        readyMs: serving.readyMs,
        ...(serving.metricsUrl === undefined ? {} : { metricsUrl: serving.metricsUrl }),
        stop: () => Promise.resolve(),
      };
    },
  };
}
