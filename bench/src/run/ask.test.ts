import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningInstance } from '../contestants/index.js';
import { freePort } from '../process/index.js';
import { floatGolden } from '../requests/index.js';
import { ask, whyNoAnswer } from './ask.js';

it('a gRPC server that is gone is told with the reason, and without an empty note', async () => {
  const target = { kind: 'grpc', address: `127.0.0.1:${await freePort()}` } as const;
  const request = { body: Buffer.alloc(0), inputs: new Map(), outputs: [], format: 'row' } as const;
  const asked = ask({ target } as RunningInstance, 'm', request);
  await assert.rejects(asked, /UNAVAILABLE: .*ECONNREFUSED 127\.0\.0\.1:\d+\.$/);
});

const golden = floatGolden({
  model: 'm',
  version: 1,
  inputAlias: 'x',
  outputAlias: 'y',
  instanceShape: [1],
  cases: [{ input: Float32Array.of(1), expected: Float32Array.of(1) }],
});

/** A server that takes connections and answers nothing; `onData`: the first bytes came. */
async function hangingServer(onData: () => void = () => undefined): Promise<{ address: string; close: () => void }> {
  const held: Socket[] = [];
  const server = createServer((socket) => {
    held.push(socket);
    socket.once('data', onData);
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = (): void => {
    for (const socket of held) socket.destroy();
    server.close();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

it(
  'the wait for a server that hangs ends with its limit, whatever is collected meanwhile',
  { timeout: 20_000 },
  async () => {
    setFlagsFromString('--expose-gc');
    const collecting = setInterval(runInNewContext('gc') as () => void, 50);
    const { address, close } = await hangingServer();
    const target = { kind: 'rest', url: `http://${address}` } as const;
    const instance = { target, processes: [] } as unknown as RunningInstance;
    const { signal } = new AbortController();
    const why = await whyNoAnswer(instance, golden, { batch: 1, payload: 'json' }, 500, signal);
    assert.equal(why, 'it takes connections and answers nothing within 0.5 s');
    clearInterval(collecting);
    close();
  },
);

for (const [kind, payload] of [
  ['rest', 'json'],
  ['grpc', 'tensor-content'],
] as const)
  it(`the first Ctrl-C ends the wait for a server that hangs, by ${kind}`, { timeout: 20_000 }, async () => {
    const interruption = new AbortController();
    const { address, close } = await hangingServer(() => {
      interruption.abort();
    });
    const target = kind === 'rest' ? ({ kind, url: `http://${address}` } as const) : ({ kind, address } as const);
    const instance = { target, processes: [] } as unknown as RunningInstance;
    const why = await whyNoAnswer(instance, golden, { batch: 1, payload }, 600_000, interruption.signal);
    assert.match(why ?? '', /answers/);
    close();
  });
