import { Worker } from 'node:worker_threads';
import type { FromGenerator, ToGenerator, ToThread } from './generator-messages.js';

// The generator's own process: nothing that the study does (progress, reading files, other servers' logs) can delay its
// requests, and its CPU time is its own (method rule 5). Started by startGenerator, spoken to by messages. Trials run on a
// thread of their own, which sleeps in system calls; this one hears the study meanwhile.

const cut = new Int32Array(new SharedArrayBuffer(4));
const thread = new Worker(new URL('./generator-thread.js', import.meta.url), { workerData: { cut } });

thread.on('message', (message: FromGenerator) => {
  process.send?.(message);
});
process.on('message', (message: ToGenerator) => {
  if (message.kind === 'run') Atomics.store(cut, 0, message.isCut ? 1 : 0);
  if (message.kind === 'cut') Atomics.store(cut, 0, 1);
  else thread.postMessage(message satisfies ToThread);
});
// Ctrl-C reaches the whole process group: the study decides what to do about it and says so.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  Atomics.store(cut, 0, 1);
  setTimeout(() => process.exit(0), 1000).unref();
});
