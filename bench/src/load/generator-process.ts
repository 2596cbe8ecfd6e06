import { Worker } from 'node:worker_threads';
import { FLAGS, type FromGenerator, type ToGenerator, type ToThread } from './generator-messages.js';

// The generator's own process: nothing that the study does (progress, reading files, other servers' logs) can delay its
// requests, and its CPU time is its own (method rule 5). Started by startGenerator, spoken to by messages. Trials run on a
// thread of their own, which sleeps in system calls; this one hears the study meanwhile.

const flags = new Int32Array(new SharedArrayBuffer(8));
const thread = new Worker(new URL('./generator-thread.js', import.meta.url), { workerData: { flags } });

thread.on('message', (message: FromGenerator) => {
  process.send?.(message);
});
process.on('message', (message: ToGenerator) => {
  if (message.kind === 'run') {
    Atomics.store(flags, FLAGS.cut, message.isCut ? 1 : 0);
    Atomics.store(flags, FLAGS.start, message.waits ? 0 : 1);
  }
  if (message.kind === 'cut' || message.kind === 'start') Atomics.store(flags, FLAGS[message.kind], 1);
  else thread.postMessage(message satisfies ToThread);
});
// Ctrl-C reaches the whole process group: the study decides what to do about it and says so.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  Atomics.store(flags, FLAGS.cut, 1);
  setTimeout(() => process.exit(0), 1000).unref();
});
