import type { Log } from '../log.js';

/** Logs to stderr as TensorFlow does, with the stand-in's name where TensorFlow has a source file. */
export function stderrLog(): Log {
  const write = (level: string, text: string): void => {
    const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
    process.stderr.write(`${now}: ${level} tfserving-standin] ${text}\n`);
  };
  return {
    info: (text) => {
      write('I', text);
    },
    warning: (text) => {
      write('W', text);
    },
    error: (text) => {
      write('E', text);
    },
  };
}
