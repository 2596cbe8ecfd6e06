import { runningInstance, type ContestantDefinition } from './definition.js';

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
    async start(launch, context) {
      const serving = await context.serving(launch);
      const { command, grpcAddress: address, restUrl: url } = serving;
      return runningInstance(this, launch, context, {
        target: protocol === 'grpc' ? { kind: 'grpc', address } : { kind: 'rest', url },
        command,
        behind: [serving],
        processes: [],
        readyMs: 0,
        stop: () => Promise.resolve(),
      });
    },
  };
}
