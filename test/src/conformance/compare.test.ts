import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { compareGrpc } from './compare-grpc.js';
import { compareRest } from './compare-rest.js';
import type { HttpAnswer } from './http-answer.js';
import { differenceOfValues } from './lasting-values.js';
import { OWN_RECORDINGS } from './own-recordings.js';
import { loadRecordings, type GrpcVector, type RestVector } from './recordings.js';
import { callRest } from './rest-call.js';

const PLACES = { MODELS: '/models', CONFIGS: '/configs', STORE: '/store', SERVER: '/server' };
const { vectors } = await loadRecordings(OWN_RECORDINGS);

function recordedRest({ response }: RestVector): HttpAnswer {
  const body =
    response.body_base64 === undefined ? Buffer.from(response.body ?? '') : Buffer.from(response.body_base64, 'base64');
  const headers = response.headers.map(([name, value]): [string, string] => [
    name,
    name === 'Date' ? 'Thu, 01 Jan 1970 00:00:00 GMT' : value,
  ]);
  return { status: response.status, reason: response.reason, headers, body, interim: response.interim };
}

test('every recorded answer equals itself, and any change of an exact one is found', () => {
  for (const vector of vectors) {
    if (vector.kind === 'grpc') {
      const { code, message, bytes_base64: bytes = '' } = vector.response;
      const answer = { code, message, bytes: Buffer.from(bytes, 'base64') };
      assert.equal(compareGrpc(vector, answer, PLACES), undefined, vector.id);
      assert.ok(compareGrpc(vector, { ...answer, code: 'DATA_LOSS' }, PLACES), vector.id);
      if (vector.compare === 'exact')
        assert.ok(compareGrpc(vector, { ...answer, message: `${message}.` }, PLACES), vector.id);
    } else if (!vector.response.no_answer) {
      const answer = recordedRest(vector);
      const compare = (changed: Partial<HttpAnswer>): string | undefined =>
        compareRest(vector, { ...answer, ...changed }, PLACES, 'everything');
      if (vector.compare !== 'metrics') assert.equal(compare({}), undefined, vector.id);
      assert.ok(compare({ status: 418 }), vector.id);
      assert.ok(compare({ reason: 'Fine' }), vector.id);
      if (vector.compare === 'status-only') continue;
      assert.ok(compare({ headers: [...answer.headers, ['Server', 'x']] }), vector.id);
      if (vector.compare === 'exact')
        assert.ok(compare({ body: Buffer.concat([answer.body, Buffer.from(' ')]) }), vector.id);
    } else assert.ok(compareRest(vector, recordedRest(vector), PLACES, 'everything'), vector.id);
  }
});

test('exact gRPC answers are compared as bytes, json ones as messages', () => {
  const vector = vectors.find(({ id }) => id === 'grpc.dtypes.061') as GrpcVector;
  const bytes = Buffer.from(vector.response.bytes_base64 ?? '', 'base64');
  // the same message with a field repeated: other bytes, same content
  const longer = Buffer.concat([Buffer.from(bytes), bytes.subarray(0, (bytes[1] ?? 0) + 2)]);
  assert.equal(compareGrpc(vector, { code: 'OK', message: '', bytes: longer }, PLACES), undefined);
  assert.match(
    compareGrpc({ ...vector, compare: 'exact' }, { code: 'OK', message: '', bytes: longer }, PLACES) ?? '',
    /^bytes: /,
  );
});

test('through a proxy only values count', () => {
  const vector = vectors.find(({ id }) => id === 'rest.predict.001') as RestVector;
  const answer = recordedRest(vector);
  const parsed = JSON.stringify(JSON.parse(answer.body.toString()));
  const reshaped = { ...answer, reason: 'Fine', headers: [], body: Buffer.from(parsed) };
  assert.equal(compareRest(vector, reshaped, PLACES, 'values'), undefined);
  assert.ok(compareRest(vector, reshaped, PLACES, 'everything'));
  assert.ok(compareRest(vector, { ...reshaped, body: Buffer.from(parsed.replace(/\d/, '7')) }, PLACES, 'values'));
});

test('timelines: the order of what lasts', () => {
  const at = (...pairs: [number, string][]): { t_ms: number; value: string }[] =>
    pairs.map(([t_ms, value]) => ({ t_ms, value }));
  const expected = at([0, 'v1'], [2000, 'short'], [2100, 'v2']);
  assert.equal(differenceOfValues(expected, at([0, 'v1'], [3000, 'v2']), 5000), undefined);
  assert.equal(differenceOfValues(expected, at([0, 'v1'], [2600, 'other'], [2700, 'v2']), 5000), undefined);
  assert.match(
    differenceOfValues(expected, at([0, 'v2'], [3000, 'v1']), 5000) ?? '',
    /expected "v1" -> "v2", got "v2" -> "v1"/,
  );
  assert.ok(differenceOfValues(expected, at([0, 'v1'], [2000, 'other'], [3000, 'v2']), 5000));
  assert.ok(differenceOfValues(expected, at([0, 'v1']), 5000));
  // A replay that took eight times as long: the short value of the recording need not last, and may.
  assert.equal(differenceOfValues(expected, at([0, 'v1'], [16000, 'v2']), 5000, 8), undefined);
  assert.equal(differenceOfValues(expected, at([0, 'v1'], [16000, 'short'], [18000, 'v2']), 5000, 8), undefined);
  assert.ok(differenceOfValues(expected, at([0, 'v1'], [16000, 'other'], [22000, 'v2']), 5000, 8));
  assert.ok(differenceOfValues(expected, at([0, 'v1']), 5000, 8));
});

test('answers are read as they are on the wire', async () => {
  const answers = [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Client Error\r\nx-B: 1\r\nX-a: 2\r\nContent-Length: 3\r\n\r\nabcdef',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    'HTTP/1.0 200 OK\r\n\r\nuntil the end',
  ];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answers.shift() ?? ''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const endpoint = { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 };
  const ask = () => callRest(endpoint, { method: 'GET', path: '/', headers: [] });
  const first = await ask();
  assert.deepEqual(first?.interim, ['HTTP/1.1 100 Continue']);
  assert.equal(`${first.status} ${first.reason}`, '429 Client Error');
  assert.deepEqual(first.headers, [
    ['x-B', '1'],
    ['X-a', '2'],
    ['Content-Length', '3'],
  ]);
  assert.equal(first.body.toString(), 'abc');
  assert.equal((await ask())?.body.toString(), 'abcde');
  assert.equal((await ask())?.body.toString(), 'until the end');
  server.close();
});
