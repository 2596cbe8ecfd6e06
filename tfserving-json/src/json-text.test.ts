import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textOf } from './byte-text.js';
import { JsonRequestError } from './json-request-error.js';
import { JsonDouble, JsonText } from './json-text.js';

/** A value as JSON.parse would give it. */
function plain(json: JsonText, at = json.root): unknown {
  const values: unknown[] = [];
  let behind = at + 1;
  if (json.isArray(at)) {
    for (let element = json.next(behind); element !== undefined; element = json.next(behind)) {
      values.push(plain(json, element));
      behind = json.skip(element);
    }
    return values;
  }
  if (json.isObject(at)) {
    for (let member = json.next(behind); member !== undefined; member = json.next(behind)) {
      const name = json.string(member);
      const value = json.memberValue(member);
      values.push([textOf(name), plain(json, value)]);
      behind = json.skip(value);
    }
    return Object.fromEntries(values as [string, unknown][]);
  }
  const scalar = json.scalar(at);
  if (scalar instanceof JsonDouble) return scalar.value;
  if (typeof scalar === 'bigint') return Number(scalar);
  return typeof scalar === 'string' ? textOf(scalar) : scalar;
}

function faultOf(text: string | Uint8Array): string {
  try {
    new JsonText(Buffer.from(text));
  } catch (error) {
    if (error instanceof JsonRequestError) return error.message.replace('JSON Parse error: ', '');
    throw error;
  }
  return 'none';
}

/** Values with numbers that rapidjson rounds correctly too: few digits, no exponent. */
const json = fc
  .jsonValue()
  .map((value): unknown =>
    JSON.parse(
      JSON.stringify(value, (_, item: unknown) => (typeof item === 'number' ? Math.trunc(item % 1e9) / 64 : item)),
    ),
  );

describe('the parser', () => {
  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (value, indent) => {
        assert.deepEqual(plain(new JsonText(Buffer.from(JSON.stringify(value, undefined, indent)))), value);
      }),
    );
  });

  it('reports faults in the words and at the offsets of the real server', () => {
    const faults: readonly [string, string][] = [
      ['', 'The document is empty'],
      [' ', 'The document is empty. at offset: 1'],
      ['\0', 'The document is empty. at offset: 0'],
      [']', 'The document is empty. at offset: 0'],
      ['instances = [1]', 'Invalid value. at offset: 0'],
      ['{', 'Missing a name for object member. at offset: 1'],
      ["{'a':1}", 'Missing a name for object member. at offset: 1'],
      ['{/*c*/"a":1}', 'Missing a name for object member. at offset: 1'],
      ['{"a":1,}', 'Missing a name for object member. at offset: 7'],
      ['{"a"', 'Missing a colon after a name of object member. at offset: 4'],
      ['{"a" 1}', 'Missing a colon after a name of object member. at offset: 5'],
      ['{"a":}', 'Invalid value. at offset: 5'],
      ['{"a":1', "Missing a comma or '}' after an object member. at offset: 6"],
      ['{"a":1 "b":2}', "Missing a comma or '}' after an object member. at offset: 7"],
      ['{"a":01}', "Missing a comma or '}' after an object member. at offset: 6"],
      ['{"a":[1]\0}', "Missing a comma or '}' after an object member. at offset: 8"],
      ['[1,]', 'Invalid value. at offset: 3'],
      ['[1 2]', "Missing a comma or ']' after an array element. at offset: 3"],
      ['{"a":[1,2}', "Missing a comma or ']' after an array element. at offset: 9"],
      ['{"a":undefined}', 'Invalid value. at offset: 5'],
      ['{"a":nan}', 'Invalid value. at offset: 6'],
      ['{"a":Infinit}', 'Invalid value. at offset: 12'],
      ['tru', 'Invalid value. at offset: 3'],
      ['{"a":1.}', 'Miss fraction part in number. at offset: 7'],
      ['{"a":[-1e999]}', 'Number too big to be stored in double. at offset: 6'],
      ['{"a":"x}', 'Missing a closing quotation mark in string. at offset: 8'],
      ['{"a":"\\x"}', 'Invalid escape character in string. at offset: 6'],
      ['{"a":"a\nb"}', 'Invalid escape character in string. at offset: 7'],
      ['{"a":"\\u00"}', 'Incorrect hex digit after \\u escape in string. at offset: 6'],
      ['{"a":"\\ud800"}', 'The surrogate pair in string is invalid. at offset: 6'],
      ['{"a":"\\ud800\\u0041"}', 'The surrogate pair in string is invalid. at offset: 6'],
    ];
    for (const [text, fault] of faults) assert.equal(faultOf(text), fault, JSON.stringify(text));
  });

  it('takes a byte order mark, counts it, and ignores what follows the value', () => {
    assert.deepEqual(plain(new JsonText(Buffer.from('\ufeff {"a":[1]} trailing'))), { a: [1] });
    assert.equal(faultOf('\ufeff{'), 'Missing a name for object member. at offset: 4');
  });

  it('keeps bytes that are not UTF-8, and a lone low surrogate', () => {
    assert.equal(new JsonText(Buffer.from([0x22, 0xff, 0xfe, 0x22])).string(0), '\xff\xfe');
    assert.equal(new JsonText(Buffer.from('"\\udc00"')).string(0), '\xed\xb0\x80');
    assert.equal(plain(new JsonText(Buffer.from('"\\ud83d\\ude00\\u00e9"'))), '😀é');
  });

  it('nests to 10 000 levels, and no deeper', () => {
    const nested = (levels: number): Buffer => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
    const deepest = new JsonText(nested(10_000));
    assert.equal(deepest.skip(deepest.root), 20_000);
    const fault = 'The document has more than 10000 levels. at offset: 10000';
    assert.equal(faultOf(nested(10_001)), fault);
    // also where most of it is missing
    assert.equal(faultOf('['.repeat(1_000_000)), fault);
  });

  it('never fails in another way, whatever the bytes', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u',
      '1',
      '-',
      '.',
      'e',
      'N',
      'null',
      ' ',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
        assert.match(faultOf(fragments.join('')), /^none$|^The document is empty$| at offset: \d+$/);
      }),
      { numRuns: 2000 },
    );
  });
});
