import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

export type { Logger };

/** JSON lines on stdout, written synchronously so that a dying process loses none. */
export function createLogger(service: string, level: string): Logger {
  return pino(
    { level, base: { service, pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    destination({ fd: 1, sync: true }),
  );
}
