import type { RunningInstance } from '../contestants/index.js';
import { startDelayProxy } from '../load/index.js';
import type { Network } from '../record/index.js';

export interface NetworkBetween extends AsyncDisposable {
  /** Absent on plain loopback. */
  readonly via?: { readonly url: string; readonly measuredRttMs: number };
}

/** Puts the network a cell wishes for between the generator and an instance. */
export async function networkBetween(instance: RunningInstance, network: Network | undefined): Promise<NetworkBetween> {
  if (network === undefined || instance.target.kind === 'engine')
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const upstream = instance.target.kind === 'rest' ? new URL(instance.target.url).host : instance.target.address;
  const proxy = await startDelayProxy({ upstream, ...network });
  return {
    via: { url: `http://127.0.0.1:${proxy.port}`, measuredRttMs: await proxy.measureRttMs() },
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}
