import type { Condition, Contestant } from '../record/index.js';
import type { Tensors } from '../requests/index.js';

/** Where a contestant answers. */
export type Target =
  | { readonly kind: 'rest'; readonly url: string }
  | { readonly kind: 'grpc'; readonly address: string }
  | { readonly kind: 'engine'; readonly runner: EngineRunner };

/** The bare engine: the SavedModel run in a loop, no server (method rule 16). */
export interface EngineRunner {
  /** Each request once, one after the other; what the model refuses has TensorFlow's own text. */
  answers(signature: string, inputs: readonly Tensors[]): Promise<readonly EngineAnswer[]>;
  run(order: EngineOrder, window?: EngineWindow): Promise<EngineMeasurement>;
}

/** Called at the ends of the window, so that what the process uses in it can be told from its warm-up. */
export interface EngineWindow {
  readonly onWindowStart?: () => void;
  readonly onWindowEnd?: () => void;
}

export type EngineAnswer = { readonly ms: number; readonly outputs: Tensors } | { readonly message: string };

export interface EngineOrder {
  readonly signature: string;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** How long after the window the last runs may take. */
  readonly timeoutMs: number;
  readonly inputs: readonly Tensors[];
}

export interface EngineMeasurement {
  /** Nanoseconds from the start of the window, run by run. */
  readonly sentAtNs: Float64Array;
  readonly doneAtNs: Float64Array;
  readonly input: Uint32Array;
  /** The different answers to each input, up to eight, and in how many runs each was given. */
  readonly answers: readonly { readonly input: number; readonly runs: number; readonly outputs: Tensors }[];
}

/** What a server is started for. Two cells with equal launches are answered by the same instance. */
export interface Launch {
  readonly model: string;
  readonly modelVersion: number;
  /** Folder with one numeric folder per version. */
  readonly modelBasePath: string;
  readonly factors: Readonly<Record<string, string | number | boolean>>;
}

/** What a server must be started for to answer under this condition: load, batch size and network need no other server. */
export function launchOf(condition: Condition, modelBasePath: string): Launch {
  return {
    model: condition.model,
    modelVersion: condition.modelVersion,
    modelBasePath,
    factors: condition.factors ?? {},
  };
}

/** Equal for launches that one server answers. */
export function launchKey({ model, modelVersion, factors }: Omit<Launch, 'modelBasePath'>): string {
  return JSON.stringify([model, modelVersion, Object.entries(factors).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** A contestant that is up and answers. */
export interface RunningInstance {
  readonly contestant: Contestant;
  readonly launch: Launch;
  readonly target: Target;
  /** Whether this study started it, so that its flags and environment are known; a proxy counts its model server. */
  readonly startedHere: boolean;
  /** Processes whose resources count for this contestant. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** Whether all of these were started for this instance, so that its first answer is one after a cold start. */
  readonly startedAll: boolean;
  /** From spawning to the first successful readiness check; 0 for servers that were running already. */
  readonly readyMs: number;
  /** Metrics page of a service of ours that is one Node process: tells how its event loop was held up. */
  readonly ownMetricsUrl?: string | undefined;
  /** Prometheus page of the model server, where there is one. */
  readonly metricsUrl?: string | undefined;
  stop(): Promise<void>;
}
