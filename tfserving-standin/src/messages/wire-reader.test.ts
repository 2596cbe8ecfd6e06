import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedMessage } from './malformed-message.js';
import { WireReader } from './wire-reader.js';

function readAll(hex: string): void {
  const reader = new WireReader(Buffer.from(hex, 'hex'));
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) reader.skip(tag);
}

test('what C++ protobuf refuses is refused', () => {
  const refused = {
    'field number 0': '0000',
    'a length beyond the end': '0a05616263',
    'a varint without an end': '08ffff',
    'a varint over ten bytes': '08ffffffffffffffffffff01',
    'the end of a group that was not started': '0c',
    'a group without an end': '0b0801',
    'the end of another group': '0b14',
    'an unknown wire type': '0e',
    'a fixed64 cut short': '0901020304',
    'a tag over 32 bits': 'ffffffffff01',
    'groups nested without limit': '0b'.repeat(200),
  };
  for (const [name, hex] of Object.entries(refused))
    assert.throws(
      () => {
        readAll(hex);
      },
      MalformedMessage,
      name,
    );
});

test('unknown fields of every kind are passed over, groups included', () => {
  readAll(
    ['0896ffffffffffffffff01', '090102030405060708', '0a03616263', '0b08010a00130814140c', '0d01020304'].join(''),
  );
});

test('text has to be UTF-8', () => {
  assert.equal(new WireReader(Buffer.from('\x02é')).text(), 'é');
  assert.throws(() => new WireReader(Buffer.from([2, 0xc3, 0x28])).text(), MalformedMessage);
});

test('an int32 takes the low bits of its varint', () => {
  assert.equal(new WireReader(Buffer.from('ffffffffffffffffff01', 'hex')).int32(), -1);
  assert.equal(new WireReader(Buffer.from('ac02', 'hex')).int32(), 300);
  assert.equal(new WireReader(Buffer.from('808080808010', 'hex')).int32(), 0);
});

test('an int64 as a number', () => {
  const read = (hex: string): number => new WireReader(Buffer.from(hex, 'hex')).int64AsNumber();
  assert.equal(read('00'), 0);
  assert.equal(read('ac02'), 300);
  assert.equal(read('ffffffff0f'), 2 ** 32 - 1);
  assert.equal(read('8080808010'), 2 ** 32);
  assert.equal(read('ffffffffffffff0f'), 2 ** 53 - 1);
  assert.equal(read('ffffffffffffffffff01'), -1);
  assert.equal(read('80808080808080808001'), -(2 ** 63));
  assert.throws(() => read('ffffffffffffffffffff01'), MalformedMessage);
});
