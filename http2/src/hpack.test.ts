import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from './hpack-decoder.js';
import { HpackEncoder, type OutgoingField } from './hpack-encoder.js';
import { CODE, ConnectionError } from './protocol.js';
import { STATIC_TABLE } from './static-table.js';

const UNLIMITED = Number.MAX_SAFE_INTEGER;

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function pairs(decoder: HpackDecoder, block: Buffer, limit = UNLIMITED): string[] {
  return decoder.decode(block, limit).fields.map(({ name, value }) => `${name}: ${value}`);
}

function isRefused(block: string, before: readonly string[] = []): void {
  const decoder = new HpackDecoder();
  for (const text of before) decoder.decode(hex(text), UNLIMITED);
  assert.throws(
    () => decoder.decode(hex(block), UNLIMITED),
    (error) => error instanceof ConnectionError && error.code === CODE.compressionError,
    block,
  );
}

describe('HPACK, reading', () => {
  it('has the 61 fields everybody knows', () => {
    assert.equal(STATIC_TABLE.length, 61);
    assert.deepEqual(STATIC_TABLE[0], { name: ':authority', value: '' });
    assert.deepEqual(STATIC_TABLE[15], { name: 'accept-encoding', value: 'gzip, deflate' });
    assert.deepEqual(STATIC_TABLE[60], { name: 'www-authenticate', value: '' });
  });

  it('reads the requests of RFC 7541, appendices C.3 and C.4', () => {
    const plain = [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ];
    const huffman = [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ];
    for (const blocks of [plain, huffman]) {
      const decoder = new HpackDecoder();
      const [first = '', second = '', third = ''] = blocks;
      const request = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
      assert.deepEqual(pairs(decoder, hex(first)), request);
      assert.deepEqual(pairs(decoder, hex(second)), [...request, 'cache-control: no-cache']);
      assert.deepEqual(pairs(decoder, hex(third)), [
        ':method: GET',
        ':scheme: https',
        ':path: /index.html',
        ':authority: www.example.com',
        'custom-key: custom-value',
      ]);
    }
  });

  it('forgets the oldest fields when the table is full, as in appendix C.6', () => {
    const decoder = new HpackDecoder();
    // a table of 256 bytes, then the three responses
    decoder.decode(hex('3fe1 01'), UNLIMITED);
    const rest = ['cache-control: private', 'date: Mon, 21 Oct 2013 20:13:21 GMT', 'location: https://www.example.com'];
    const first =
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3';
    assert.deepEqual(pairs(decoder, hex(first)), [':status: 302', ...rest]);
    assert.deepEqual(pairs(decoder, hex('4883 640e ffc1 c0bf')), [':status: 307', ...rest]);
    assert.deepEqual(
      pairs(
        decoder,
        hex(
          '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
        ),
      ),
      [
        ':status: 200',
        'cache-control: private',
        'date: Mon, 21 Oct 2013 20:13:22 GMT',
        'location: https://www.example.com',
        'content-encoding: gzip',
        'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
      ],
    );
  });

  it('counts what it does not keep', () => {
    const decoder = new HpackDecoder();
    // a name and a value of 2 and 3 bytes, three times
    const field = '0002 6161 0362 6262';
    const block = decoder.decode(hex(field.repeat(3)), 37 * 2);
    assert.equal(block.fields.length, 2);
    assert.equal(block.sizeBytes, 37 * 3);
    assert.equal(block.longestValue, 3);
  });

  it('refuses what is no header block', () => {
    isRefused('80');
    isRefused('be');
    isRefused('bf', ['4001 6101 62']);
    isRefused('41');
    isRefused('4103 6162');
    isRefused('ff ffff ffff ff7f');
    isRefused('3fe2 1f');
    isRefused('82 20');
    // Huffman: padding of zeros, of eight bits, and the end mark
    isRefused('4181 00');
    isRefused('4182 1fff');
    isRefused('4184 ffff ffff');
  });

  it('takes a table of no bytes, and larger ones again', () => {
    const decoder = new HpackDecoder();
    assert.deepEqual(pairs(decoder, hex('4001 6101 62 be')), ['a: b', 'a: b']);
    assert.deepEqual(pairs(decoder, hex('20 3fe1 1f 4001 6101 63 be')), ['a: c', 'a: c']);
    isRefused('be', ['4001 6101 62', '20']);
    // longer than the table: read, and not kept
    isRefused('be', ['20 4001 6101 62']);
  });
});

const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });

describe('HPACK, writing', () => {
  it('is read as it was meant, whatever limits the peer sets in between', () => {
    const constants = Array.from({ length: 150 }, (_, index) => ({
      name: index % 10 === 0 ? ':status' : `name-${index}`,
      value: index % 10 === 0 ? String(index + 200) : 'v'.repeat(index),
      recurs: true,
    }));
    const once = fc.record({ name: latin1, value: latin1, recurs: fc.constant(false) });
    const field: fc.Arbitrary<OutgoingField> = fc.oneof(fc.constantFrom(...constants), once);
    const step = fc.record({ limits: fc.array(fc.nat(6000), { maxLength: 3 }), fields: fc.array(field) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const [encoder, decoder] = [new HpackEncoder(), new HpackDecoder()];
        for (const { limits, fields } of steps) {
          for (const limit of limits) encoder.limit(limit);
          assert.deepEqual(
            pairs(decoder, encoder.encode(fields)),
            fields.map(({ name, value }) => `${name}: ${value}`),
          );
        }
      }),
    );
  });

  it('names by a number what it has sent before', () => {
    const encoder = new HpackEncoder();
    const fields = [
      { name: ':status', value: '200', recurs: true },
      { name: 'a', value: 'b', recurs: true },
      { name: 'c', value: 'd', recurs: true },
    ];
    assert.equal(encoder.encode(fields).length, 1 + 2 * 5);
    assert.deepEqual(encoder.encode(fields), hex('88 bf be'));
    encoder.limit(0);
    assert.deepEqual(encoder.encode(fields.slice(0, 1)), hex('20 88'));
    assert.deepEqual(encoder.encode(fields.slice(1, 2)), hex('0001 6101 62'));
  });
});

describe('HPACK, the same block again', () => {
  it('is read as the table stands now', () => {
    const decoder = new HpackDecoder();
    const added = (name: string, value: string): Buffer =>
      Buffer.from([0x40, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)]);
    const newest = Buffer.from([0xbe]);
    const read = (): string | undefined => decoder.decode(newest, 1000).fields[0]?.value;
    decoder.decode(added('a', '1'), 1000);
    assert.deepEqual([read(), read()], ['1', '1']);
    decoder.decode(added('a', '2'), 1000);
    assert.deepEqual([read(), read()], ['2', '2']);
    assert.deepEqual(decoder.decode(newest, 10).fields, []);
    // A table of no bytes holds nothing: the index then stands for nothing.
    decoder.decode(Buffer.from([0x20]), 1000);
    assert.throws(read, ConnectionError);
  });

  it('is written as the table stands now', () => {
    const [encoder, decoder] = [new HpackEncoder(), new HpackDecoder()];
    const own = [{ name: 'own', value: 'x', recurs: true }];
    const other = [{ name: 'other', value: 'y', recurs: true }];
    for (const fields of [own, own, own, other, own, other, other, own])
      assert.equal(decoder.decode(encoder.encode(fields), 1000).fields[0]?.name, fields[0]?.name);
    encoder.limit(0);
    for (const fields of [own, other, own])
      assert.equal(decoder.decode(encoder.encode(fields), 1000).fields[0]?.name, fields[0]?.name);
  });
});
