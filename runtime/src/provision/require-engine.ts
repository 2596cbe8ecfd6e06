import type { EngineLibrary } from './engine-library.js';

/** The TensorFlow in use: where its libraries are and which release they say they are. */
export interface Engine {
  readonly library: EngineLibrary;
  /** Release of the wheel it was unpacked from, e.g. `2.21.0`. */
  readonly version: string;
  /** Distribution it came from, e.g. `tensorflow-cpu`. */
  readonly distribution: string;
}
