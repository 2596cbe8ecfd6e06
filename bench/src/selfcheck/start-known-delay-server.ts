import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromKnownDelayServer, KnownDelayReport, ToKnownDelayServer } from './known-delay-messages.js';

const ENTRY = fileURLToPath(new URL('./known-delay-server.js', import.meta.url));

export interface KnownDelayServer extends AsyncDisposable {
  readonly origin: string;
  say(message: Exclude<ToKnownDelayServer, { kind: 'report' }>): void;
  report(): Promise<KnownDelayReport>;
}

/** Starts a server that answers every POST after `delayMs`. */
export async function startKnownDelayServer(delayMs: number): Promise<KnownDelayServer> {
  const child = fork(ENTRY, [String(delayMs)], { serialization: 'advanced', execArgv: ['--enable-source-maps'] });
  const next = async <Kind extends FromKnownDelayServer['kind']>(
    kind: Kind,
  ): Promise<Extract<FromKnownDelayServer, { kind: Kind }>> => {
    const [message] = (await once(child, 'message')) as [FromKnownDelayServer];
    if (message.kind !== kind) throw new Error(`the known-delay server said ${message.kind} instead of ${kind}`);
    return message as Extract<FromKnownDelayServer, { kind: Kind }>;
  };
  const { port } = await next('listening');
  const say = (message: ToKnownDelayServer): void => {
    child.send(message);
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    say,
    report: async () => {
      say({ kind: 'report' });
      return await next('report');
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}
