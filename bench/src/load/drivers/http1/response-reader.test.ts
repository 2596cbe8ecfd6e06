import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createResponseReader, type Http1Response } from './response-reader.js';

interface Wanted {
  readonly status: number;
  readonly body: Buffer;
  readonly framing: 'length' | 'chunked';
  readonly close: boolean;
}
const wanted: fc.Arbitrary<Wanted> = fc.record({
  status: fc.constantFrom(200, 400, 503),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  framing: fc.constantFrom('length', 'chunked'),
  close: fc.boolean(),
});

function encode({ status, body, framing, close }: Wanted): Buffer {
  const head = `HTTP/1.1 ${status} Some Reason\r\nX-Model-Version: 7\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n`;
  if (framing === 'length') return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += 100) {
    const chunk = body.subarray(at, at + 100);
    chunks.push(Buffer.from(`${chunk.length.toString(16)};ext=1\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([
    Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
    ...chunks,
    Buffer.from('0\r\nTrailer: x\r\n\r\n'),
  ]);
}

/** One reader, the bytes in pieces of the given sizes, each in memory that is overwritten afterwards. */
function readInPieces(bytes: Buffer, sizes: readonly number[]): Http1Response | undefined {
  const reader = createResponseReader();
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    const piece = Buffer.from(bytes.subarray(at, at + size));
    at += size;
    const response = reader.push(piece);
    if (response !== undefined) return { ...response, body: Buffer.from(response.body) };
    piece.fill(0);
  }
  return undefined;
}

const read = (text: string): Http1Response | undefined => createResponseReader().push(Buffer.from(text));

describe('response reader', () => {
  it('reads the same response however it is cut into pieces', () => {
    fc.assert(
      fc.property(wanted, fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }), (one, sizes) => {
        const response = readInPieces(encode(one), sizes);
        assert.ok(response);
        assert.deepEqual([response.status, response.keepAlive, response.modelVersion], [one.status, !one.close, 7]);
        assert.ok(response.body.equals(one.body));
      }),
    );
  });

  it('reads one response after another on one connection', () => {
    const reader = createResponseReader();
    for (const text of ['first', '', 'third']) {
      const bytes = encode({ status: 200, body: Buffer.from(text), framing: 'length', close: false });
      assert.equal(reader.push(bytes)?.body.toString(), text);
    }
  });

  it('passes over what comes before the answer, and takes a body that the end delimits', () => {
    assert.equal(
      read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')?.body.toString(),
      'ok',
    );
    assert.equal(read('HTTP/1.1 204 No Content\r\n\r\n')?.status, 204);
    const reader = createResponseReader();
    assert.equal(reader.push(Buffer.from('HTTP/1.0 200 OK\r\n\r\nto the ')), undefined);
    assert.equal(reader.push(Buffer.from('end')), undefined);
    const response = reader.end();
    assert.deepEqual([response?.body.toString(), response?.keepAlive], ['to the end', false]);
    assert.equal(reader.end(), undefined);
  });

  it('knows who keeps a connection open', () => {
    assert.equal(read('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n')?.keepAlive, false);
    assert.equal(read('HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n')?.keepAlive, true);
    assert.equal(read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')?.keepAlive, true);
  });

  it('says what is wrong with bytes that are no response', () => {
    assert.throws(() => read('SSH-2.0-OpenSSH\r\n\r\n'), /no HTTP\/1.1 response begins with "SSH/);
    assert.throws(() => read('HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n'), /content-length two/);
    assert.throws(() => read('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab'), /longer than its content-length/);
    assert.throws(
      () => read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      /chunk of the response has the size "zz"/,
    );
    assert.throws(
      () => read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n'),
      /another size than it says/,
    );
    assert.throws(() => read('x'.repeat(140_000)), /longer than 131072 bytes/);
  });
});
