import type { RunningInstance } from '../contestants/index.js';
import { startDelayProxy } from '../load/index.js';
import type { Network } from '../record/index.js';

export type NetworkBetween = Awaited<ReturnType<typeof networkBetween>>;

/** Puts the network a cell asks for between the generator and an instance. `via` is undefined on plain loopback. */
export async function networkBetween(instance: RunningInstance, network: Network | undefined) {
  if (network === undefined || instance.target.kind === 'engine')
    return {
      via: undefined,
      unlessItEnds: <T>(wanted: Promise<T>) => wanted,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  const { target } = instance;
  const upstream = target.kind === 'rest' ? target.url : target.address;
  const proxy = await startDelayProxy({ upstream, ...network });
  return {
    via: { address: `127.0.0.1:${proxy.port}`, measuredRttMs: await proxy.measureRttMs() },
    unlessItEnds: proxy.unlessItEnds,
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}
