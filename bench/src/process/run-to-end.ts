import { launch, type Command, type Ended } from './launch.js';

/** Runs a process to its end. When the signal says so it is ended, and the call rejects with the signal's reason. */
export async function runToEnd(command: Command, signal?: AbortSignal): Promise<Ended> {
  signal?.throwIfAborted();
  const launched = launch(command);
  const stop = (): void => void launched.stop();
  signal?.addEventListener('abort', stop);
  const ended = await launched.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  return ended;
}
