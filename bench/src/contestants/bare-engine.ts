import { runningInstance, type ContestantDefinition } from './definition.js';
import { startEngineLoop } from './engine-loop.js';

/** The same SavedModel with no server (method rule 16): what a server adds is latency minus this. */
export const bareEngine: ContestantDefinition = {
  id: 'bare-engine',
  label: 'TensorFlow alone, no server',
  role: 'engine',
  family: 'engine',
  protocol: 'in-process',
  onServing: false,
  startMs: 1500,
  async start(launch, context) {
    const startedAt = performance.now();
    const loop = await startEngineLoop(launch, context.logFile);
    return runningInstance(this, launch, context, {
      target: { kind: 'engine', runner: loop },
      processes: [{ name: 'engine loop', pid: loop.pid }],
      readyMs: performance.now() - startedAt,
      command: loop.command,
      stop: () => loop.stop(),
    });
  },
};
