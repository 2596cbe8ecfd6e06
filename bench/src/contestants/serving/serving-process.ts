import type { ServingSource } from '../../record/index.js';
import type { Launch } from '../instance.js';

/** What the stand-in calls itself, wherever it is asked (method rule 20). */
export const STANDIN_NAME = 'tfserving-standin';

/** What `--version` prints, in one line: TensorFlow Serving's version and TensorFlow's. */
export function versionLine(printed: string): string {
  return printed.trim().split('\n').join(', ');
}

/** A model server that speaks TensorFlow Serving's protocols and is up. */
export interface RunningServing {
  /** Whether this study started it, so that its flags and environment are known. */
  readonly startedHere: boolean;
  /** Whether it was started for whoever asks now, who sees its first answer. */
  readonly isNew?: boolean;
  readonly restUrl: string;
  readonly grpcAddress: string;
  readonly metricsUrl?: string;
  readonly command: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** One way to get a model server, found on this machine. */
export interface Serving {
  readonly source: ServingSource;
  start(launch: Launch, logFile: string): Promise<RunningServing>;
}
