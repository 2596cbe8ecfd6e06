import type { Contestant } from '../record/index.js';
import type { Launched } from '../process/index.js';
import type { Launch, RunningInstance } from './instance.js';
import type { RunningServing } from './serving/serving-process.js';

/** What starting a contestant needs besides its launch. */
export interface StartContext {
  /** Starts, or finds already started for this launch, the model server behind the proxy and the direct rows. */
  serving(launch: Launch): Promise<RunningServing>;
  readonly servingIsStandin: boolean;
  /** The server's output goes here. */
  readonly logFile: string;
}

/** A contestant the study knows how to start. */
export interface ContestantDefinition {
  readonly id: string;
  readonly label: string;
  readonly role: Contestant['role'];
  readonly family: Contestant['family'];
  readonly protocol: Contestant['protocol'];
  /** Whether its answers come from TensorFlow Serving (or the stand-in). */
  readonly onServing: boolean;
  /** It runs on TensorFlow's package for Python, not on the engine of this project. */
  readonly inPython?: true;
  /** About how long it takes to start, for the plan; a model server that others share is not counted. */
  readonly startMs: number;
  /** Why it cannot run here; undefined when it can. Default: it always can. */
  missing?(): string | undefined;
  start(launch: Launch, context: StartContext): Promise<RunningInstance>;
}

type Told = 'startedHere' | 'startedAll';

/** What a start gives besides what definition and launch say. */
interface Started extends Omit<RunningInstance, 'contestant' | 'launch' | Told>, Partial<Pick<RunningInstance, Told>> {
  readonly command: string;
  /**
   * Model servers that answer for it: their processes and the time of their start count for it too, and they tell who started
   * it, where the start itself does not.
   */
  readonly behind?: readonly RunningServing[];
}

/** A contestant as it was really started. */
export function runningInstance(
  { id, label, role, family, protocol, onServing }: ContestantDefinition,
  launch: Launch,
  { servingIsStandin }: Pick<StartContext, 'servingIsStandin'>,
  { command, behind = [], ...started }: Started,
): RunningInstance {
  const [serving, ...others] = behind;
  const served = servingIsStandin ? 'stand-in' : 'tensorflow-serving';
  return {
    contestant: {
      id,
      label: onServing && servingIsStandin ? label.replace('TensorFlow Serving', 'stand-in') : label,
      role,
      family,
      protocol,
      command,
      backend: onServing ? served : 'in-process',
    },
    launch,
    startedHere: behind.every(({ startedHere }) => startedHere),
    startedAll: behind.every(({ isNew }) => isNew === true),
    // One page holds one server's counters: with replicas there is no whole to read.
    metricsUrl: others.length > 0 ? undefined : serving?.metricsUrl,
    ...started,
    processes: [...started.processes, ...behind.flatMap(({ processes }) => processes)],
    readyMs: started.readyMs + Math.max(0, ...behind.map(({ readyMs }) => readyMs)),
  };
}

/** What a server of one process gives of these. */
export function ofProcess(
  name: string,
  { server, readyMs }: { readonly server: Launched; readonly readyMs: number },
): Pick<Started, 'command' | 'processes' | 'readyMs' | 'stop'> {
  const { commandLine: command, pid } = server;
  return { command, processes: [{ name, pid }], readyMs, stop: () => server.stop() };
}
