import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { parseTextFormat } from './parse-text-format.js';

const { root } = protobuf.parse(
  `syntax = "proto3"; package test;
   message Inner { int64 n = 1; string text = 2; }
   enum Colour { NONE = 0; RED = 1; }
   message Outer {
     int32 small = 1; int64 large = 2; uint64 unsigned = 3; bool flag = 4; string text = 5; bytes raw = 6; double ratio = 7;
     Inner inner = 8; repeated Inner inners = 9; repeated int64 numbers = 10; Colour colour = 11;
     map<string, int64> labels = 12; map<string, Inner> named = 13;
     oneof choice { Inner first = 14; int32 second = 15; }
   }`,
  { keepCase: true },
);
root.resolveAll();
const Outer = root.lookupType('test.Outer');

function parse(text: string): Record<string, unknown> {
  return Outer.toObject(parseTextFormat(text, Outer), { longs: String, bytes: String });
}

describe('text format', () => {
  it('reads every kind of field', () => {
    assert.deepEqual(
      parse(`
        # a comment
        small: -5, large: 0x7fffffffffffffff; unsigned: 18446744073709551615
        flag: true text: "a\\n\\"b\\" \\303\\xa9" ' and more' raw: "\\001" ratio: -1.5e3
        inner { n: 1 } inners < text: "x" > inners: { n: 010 } numbers: [1, 2] numbers: 3 colour: RED
        labels { key: "a" value: 1 } labels: { value: 2 key: "__proto__" } named { key: "k" value { n: 3 } }
        second: 7`),
      {
        small: -5,
        large: '9223372036854775807',
        unsigned: '18446744073709551615',
        flag: true,
        text: 'a\n"b" é and more',
        raw: 'AQ==',
        ratio: -1500,
        inner: { n: '1' },
        inners: [{ text: 'x' }, { n: '8' }],
        numbers: ['1', '2', '3'],
        colour: 1,
        labels: JSON.parse('{"a":"1","__proto__":"2"}') as unknown,
        named: { k: { n: '3' } },
        second: 7,
      },
    );
    assert.deepEqual(parse(''), {});
    assert.deepEqual(parse('ratio: inf colour: 1 flag: 1 numbers: []'), { ratio: Infinity, colour: 1, flag: true });
  });

  it('says where and what is wrong, as protobuf does', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['nme: "x"', '1:4: Message type "test.Outer" has no field named "nme".'],
      ['inner {\n  m: 1 }', '2:4: Message type "test.Inner" has no field named "m".'],
      ['constructor: 1', '1:12: Message type "test.Outer" has no field named "constructor".'],
      ['small: 1 small: 2', '1:15: Non-repeated field "small" is specified multiple times.'],
      [
        'first {} second: 1',
        '1:16: Field "second" is specified along with field "first", another member of oneof "choice".',
      ],
      ['small: 2147483648', '1:8: Integer out of range (2147483648)'],
      ['unsigned: -1', '1:11: Expected integer, got: -'],
      ['small: 1.5', '1:8: Expected integer, got: 1.5'],
      ['text: 5', '1:7: Expected string, got: 5'],
      ['flag: maybe', '1:12: Invalid value for boolean field "flag". Value: "maybe".'],
      ['colour: GREEN', '1:9: Unknown enumeration value of "GREEN" for field "colour".'],
      ['inner: 5', '1:8: Expected "{", found "5".'],
      ['small 5', '1:7: Expected ":", found "5".'],
      ['inner { n: 1', '1:13: Expected identifier, got: '],
      ['text: "abc', '1:7: String literals cannot cross line boundaries.'],
      ['labels { value: 1 name: 2 }', '1:23: Message type "test.Outer.LabelsEntry" has no field named "name".'],
      ['5: 1', '1:1: Expected identifier, got: 5'],
    ];
    for (const [text, message] of cases) assert.throws(() => parse(text), { name: 'TextFormatError', message }, text);
  });

  it('gives back every string and integer that is written into it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (text, number) => {
          const escaped = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
          const read = parse(`text: "${escaped}" large: ${String(number)}`);
          assert.equal(read['text'] ?? '', Buffer.from(text).toString());
          assert.equal(read['large'] ?? '0', String(number));
        },
      ),
    );
  });

  it('never fails but with its own error', () => {
    const pieces = fc.constantFrom(
      'inner',
      'small',
      ':',
      '{',
      '}',
      '"a"',
      '[',
      ']',
      '-',
      '1',
      'labels',
      ',',
      '<',
      '\n',
      '#',
      "'",
      'x',
    );
    fc.assert(
      fc.property(fc.array(pieces), (words) => {
        try {
          parse(words.join(' '));
        } catch (error) {
          assert.equal((error as Error).name, 'TextFormatError', String(error));
        }
      }),
    );
  });
});
