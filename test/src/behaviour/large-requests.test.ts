import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadMessages } from '@serving-study/protos';
import { peakMb, post } from './attacks.js';
import { startStandin } from './contestants.js';
import { framed, grpcStatusOf } from './grpc-predict.js';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';

/** Has a signature for each type that gives back what it gets. */
const DTYPES = {
  name: 'dtypes',
  basePath: fileURLToPath(new URL('../../conformance/models/dtypes', import.meta.url)),
};
const MEGA = 1_000_000;
/** Fifteen times the largest of these bodies; strings of one byte take most. */
const MOST_GROWTH_MB = 750;
/** Room for any answer at once. */
const WIDE = { initialWindowSize: 2 ** 30 };
const SMALL = '{"signature_name":"f32","instances":[1]}';
/** Of the event loop, on a machine that is as idle as a test can ask for; on a slow one a part of the whole time. */
const LONGEST_WAIT_MS = 1000;
const LONGEST_PART = 1 / 3;

/** Of the plain two, which read and write JSON on their event loop: a loop that is held up shows as CPU, also where the machine is busy. */
const MOST_CPU_MS = 2000;

interface Large {
  readonly what: string;
  readonly status: number;
  readonly body: () => Buffer;
}

function repeated(head: string, piece: string, times: number, tail: string): Buffer {
  const bytes = Buffer.from(piece);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes.length * Math.floor(times), bytes), Buffer.from(tail)]);
}

/** Of so many bytes. */
const large = (bytes: number): readonly Large[] => [
  {
    what: 'one text',
    status: 200,
    body: () => repeated('{"signature_name":"str","instances":["', 'é', bytes / 2, '"]}'),
  },
  {
    what: 'escapes',
    status: 400,
    body: () => repeated('{"signature_name":"f32","instances":["', '\\u00e9', bytes / 6, '"]}'),
  },
  {
    what: 'numbers with many digits',
    status: 200,
    body: () => repeated('{"signature_name":"f32","instances":[', `1.${'5'.repeat(96)},`, bytes / 99, '1]}'),
  },
];
/** What the plain two refuse; they read and write JSON on their event loop. */
const TOO_LONG: Large = {
  what: 'more than is read on the event loop',
  status: 413,
  body: () => repeated('{"signature_name":"str","instances":["', 'a', 50 * MEGA, '"]}'),
};
const INTEGERS: Large = {
  what: 'as many int64 as are taken',
  status: 200,
  body: () => repeated('{"signature_name":"i64","instances":[', '123456789,', 0.99 * MEGA, '1]}'),
};
/** Half as large as is taken: they are read more slowly than shorter ones. */
const LONG_INTEGERS: Large = {
  what: 'int64 beyond 2^53',
  status: 200,
  body: () => repeated('{"signature_name":"i64","instances":[', '123456789012345678,', (8 * MEGA) / 19, '1]}'),
};
const DENSE: Large = {
  what: 'as many numbers as are taken, of one digit',
  status: 200,
  body: () => repeated('{"signature_name":"i64","instances":[', '1,', 16.7 * MEGA, '1]}'),
};

/** A field of a message whose value has a length. */
function field(number: number, ...bytes: readonly Uint8Array[]): Buffer {
  const length: number[] = [];
  let rest = bytes.reduce((sum, piece) => sum + piece.length, 0);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length, rest]), ...bytes]);
}

function repeatedBytes(piece: readonly number[], times: number): Buffer {
  return Buffer.alloc(piece.length * times, Buffer.from(piece));
}

function encoded(type: string, message: object): Buffer {
  const definition = loadMessages().lookupType(type);
  return Buffer.from(definition.encode(definition.fromObject(message)).finish());
}

const SPEC = encoded('tensorflow.serving.PredictRequest', {
  model_spec: { name: DTYPES.name, signature_name: 'i8' },
});
const VALUES = 10 * MEGA;
const MESSAGES = [
  [
    'numbers one by one',
    '0',
    (): Buffer => {
      const tensor = encoded('tensorflow.TensorProto', { dtype: 6, tensor_shape: { dim: [{ size: VALUES }] } });
      const ones = repeatedBytes([0x38, 1], VALUES);
      return Buffer.concat([SPEC, field(2, field(1, Buffer.from('x')), field(2, tensor, ones))]);
    },
  ],
  ['inputs without a name', '3', (): Buffer => Buffer.concat([SPEC, repeatedBytes([0x12, 0], 10 * MEGA)])],
] as const;

for (const variant of ['flask-style', 'proxy', 'tuned proxy', 'stand-in'] as const)
  describe(`a large request to ${variant}`, () => {
    const isPlain = variant === 'flask-style' || variant === 'proxy';
    let server: Awaited<ReturnType<typeof startStandin>> | undefined;
    let service: ServiceProcess | undefined;
    let url = '';
    let pid = 0;
    before(async () => {
      if (variant !== 'flask-style') server = await startStandin(DTYPES);
      if (variant !== 'stand-in')
        service = await startService(
          PROGRAMS[variant],
          server === undefined
            ? { STUDY_MODEL_NAME: DTYPES.name, STUDY_MODEL_BASE_PATH: DTYPES.basePath }
            : { STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}`, STUDY_DEADLINE_MS: '300000' },
        );
      url = `${service?.url ?? `http://${server?.host ?? ''}:${server?.restPort ?? 0}`}/v1/models/dtypes:predict`;
      pid = service?.pid ?? server?.pid ?? 0;
      for (let at = 0; at < 50; at += 1) await post(url, SMALL);
    });
    after(async () => {
      await service?.[Symbol.asyncDispose]();
      await server?.stop();
    });

    const costsLittle = async (body: Buffer, send: (body: Buffer) => Promise<void>): Promise<void> => {
      const earlierMb = peakMb(pid);
      const earlierCpuMs = cpuMs(pid);
      if (isPlain) await send(body);
      else await othersAreServed(url, send(body));
      const tookCpuMs = cpuMs(pid) - earlierCpuMs;
      if (isPlain) assert.ok(tookCpuMs < MOST_CPU_MS, `${tookCpuMs} ms of CPU`);
      const growthMb = peakMb(pid) - earlierMb;
      assert.ok(growthMb < MOST_GROWTH_MB, `${growthMb} MB of ${body.length / MEGA}`);
    };

    const others = isPlain ? [TOO_LONG, LONG_INTEGERS] : variant === 'stand-in' ? [DENSE] : [];
    for (const { what, status, body } of [...large((isPlain ? 16 : 50) * MEGA), INTEGERS, ...others])
      it(`of ${what}`, () =>
        costsLittle(body(), async (bytes) => {
          assert.equal(await statusOf(url, bytes), status);
        }));

    if (variant === 'stand-in')
      for (const [what, status, message] of MESSAGES)
        it(`by gRPC, of ${what}`, () =>
          costsLittle(framed(message()), async (bytes) => {
            const client = connect(`http://${server?.host ?? ''}:${server?.grpcPort ?? 0}`, { settings: WIDE });
            await once(client, 'connect');
            client.setLocalWindowSize(WIDE.initialWindowSize);
            assert.equal(await grpcStatusOf(client, bytes), status);
            client.close();
          }));
  });

/** CPU that a process has used so far, all its threads together; the kernel counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ').slice(11) ?? [];
  return (Number(user) + Number(system)) * 10;
}

/** HTTP status of an answer, which is read and not kept. */
async function statusOf(url: string, body: Buffer): Promise<number | undefined> {
  const sent = request(url, { method: 'POST', headers: { 'content-length': body.length } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
  return answer.statusCode;
}

/** Asks small things until the large one is answered. */
async function othersAreServed(url: string, large: Promise<void>): Promise<void> {
  const startedAtMs = performance.now();
  const state = { isOver: false };
  const over = large.finally(() => (state.isOver = true));
  let longestMs = 0;
  while (!state.isOver) {
    const askedAtMs = performance.now();
    assert.equal((await post(url, SMALL)).status, 200);
    longestMs = Math.max(longestMs, performance.now() - askedAtMs);
  }
  await over;
  const wholeMs = performance.now() - startedAtMs;
  assert.ok(
    longestMs < Math.max(LONGEST_WAIT_MS, wholeMs * LONGEST_PART),
    `somebody waited for ${longestMs} ms of ${wholeMs}`,
  );
}
