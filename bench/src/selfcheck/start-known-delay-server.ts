import { fileURLToPath } from 'node:url';
import { launchScript } from '../process/index.js';
import type { FromKnownDelayServer, KnownDelayReport, ToKnownDelayServer } from './known-delay-messages.js';

const ENTRY = fileURLToPath(new URL('./known-delay-server.js', import.meta.url));

export interface KnownDelayServer extends AsyncDisposable {
  readonly origin: string;
  say(message: Exclude<ToKnownDelayServer, { kind: 'report' }>): void;
  report(): Promise<KnownDelayReport>;
}

/** Starts a server that answers every POST after `delayMs`. */
export async function startKnownDelayServer(delayMs: number): Promise<KnownDelayServer> {
  const server = launchScript('the known-delay server', ENTRY, { args: [String(delayMs)] });
  const next = async <Kind extends FromKnownDelayServer['kind']>(
    kind: Kind,
  ): Promise<Extract<FromKnownDelayServer, { kind: Kind }>> => {
    const message = (await server.message()) as FromKnownDelayServer;
    if (message.kind !== kind) throw new Error(`the known-delay server said ${message.kind} instead of ${kind}`);
    return message as Extract<FromKnownDelayServer, { kind: Kind }>;
  };
  const { port } = await next('listening');
  const say = (message: ToKnownDelayServer): void => {
    server.child.send(message);
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    say,
    report: async () => {
      say({ kind: 'report' });
      return await next('report');
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
