import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { launchScript } from '../../process/index.js';
import { measureRttMs } from './measure-rtt.js';
import { proxyOptionsSchema, type ProxyReady } from './proxy-messages.js';

const ENTRY = fileURLToPath(new URL('./proxy-process.js', import.meta.url));

export type DelayProxyOptions = z.infer<typeof proxyOptionsSchema>;

/**
 * Starts a TCP proxy that emulates a network in user space (kernels without netem, and no privileges needed). It does not
 * emulate TCP's slow start or packet loss: a large message on a long path takes longer in reality.
 * @throws when the options make no link or the process does not start.
 */
export async function startDelayProxy(options: DelayProxyOptions) {
  const parsed = proxyOptionsSchema.parse(options);
  const proxy = launchScript('the delay proxy', ENTRY, { args: [JSON.stringify(parsed)] });
  const { port, echoPort } = (await proxy.message()) as ProxyReady;
  return {
    /** Send to it, on 127.0.0.1, what is meant for the upstream. */
    port,
    /** What the proxy really adds, measured now: the median round trip of a byte through it. A report states this one. */
    measureRttMs: () => measureRttMs(echoPort),
    /** Rejects when it ends before `wanted` is there. */
    unlessItEnds: <T>(wanted: Promise<T>) => proxy.unlessItEnds(wanted),
    close: () => proxy.stop(),
  };
}
