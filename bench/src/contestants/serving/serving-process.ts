import type { ServingSource } from '../../record/index.js';
import type { Launch, RunningInstance } from '../instance.js';

/** What the stand-in calls itself, wherever it is asked (method rule 20). */
export const STANDIN_NAME = 'tfserving-standin';

/** What `--version` prints, in one line: TensorFlow Serving's version and TensorFlow's. */
export function versionLine(printed: string): string {
  return printed.trim().split('\n').join(', ');
}

/** A model server that speaks TensorFlow Serving's protocols and is up. */
export interface RunningServing extends Pick<
  RunningInstance,
  'startedHere' | 'processes' | 'readyMs' | 'metricsUrl' | 'stop'
> {
  /** Whether it was started for whoever asks now, who sees its first answer. */
  readonly isNew?: boolean;
  readonly restUrl: string;
  readonly grpcAddress: string;
  readonly command: string;
}

/** One way to get a model server, found on this machine. */
export interface Serving {
  readonly source: ServingSource;
  start(launch: Launch, logFile: string): Promise<RunningServing>;
}
