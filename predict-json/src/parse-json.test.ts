import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { parseJson } from './parse-json.js';

const LIMITS = { STUDY_NESTING_LIMIT: 4, STUDY_VALUES_LIMIT: 40, STUDY_JSON_LIMIT_BYTES: 100 };
const parsed = (text: string): unknown => parseJson(Buffer.from(text), LIMITS);
const refusal = (text: string | Buffer, status = 400): string => {
  try {
    parseJson(Buffer.from(text), LIMITS);
  } catch (error) {
    assert.equal((error as { httpStatus?: number }).httpStatus, status);
    return (error as Error).message;
  }
  return assert.fail('it was taken');
};
const messageOf = (text: string): string => {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail('it is JSON');
};

describe('parseJson', () => {
  it('takes what is within the limits', () => {
    assert.deepEqual(parsed('[[[[1]]]]'), [[[[1]]]]);
    assert.equal((parsed(`[${'0,'.repeat(39)}0]`) as unknown[]).length, 40);
    assert.deepEqual(parsed('{"a":"b"}'), { a: 'b' });
    assert.deepEqual(parsed('[[],[],[]]'), [[], [], []], 'levels that end do not count');
  });

  it('keeps every digit of integers', () => {
    const [above, most] = [2n ** 53n + 1n, 2n ** 64n - 1n];
    assert.deepEqual(parsed(`[${above},-${above},${most},7,0.25]`), [above, -above, most, 7, 0.25]);
    assert.deepEqual(parsed(`{"a":"${above}"}`), { a: String(above) }, 'a string stays one');
    assert.deepEqual(parsed('[9007199254740993.5,9007199254740993e1]'), [2 ** 53 + 2, (2 ** 53 + 2) * 10]);
    assert.deepEqual(parsed(`[${'1'.repeat(90)}]`), [Number('1'.repeat(90))], 'no type is so long');
    assert.deepEqual(parsed(`{"a":1,"a":${above}}`), { a: above }, 'the last of duplicate keys, as of shorter numbers');
    assert.deepEqual(parsed(`["\\",[${above}","${above}"]`), [`",[${above}`, String(above)], 'strings stay strings');
    assert.deepEqual(parsed(`[1e${above},-0,${above}]`), [Infinity, -0, above], 'an exponent is no integer');
    assert.deepEqual(
      parsed(`{"__proto__":${above}}`),
      JSON.parse(`{"__proto__":"${above}"}`, (_, value: unknown) => (value === String(above) ? above : value)),
    );
    for (const text of [
      `[${above},]`,
      `[0${above}]`,
      `[--${above}]`,
      `{${above}:1}`,
      `{"a":1, ${above} :1}`,
      `[${above}.]`,
      `"${above}`,
    ])
      assert.equal(refusal(text), `JSON Parse error: ${messageOf(text)}`);
  });

  it('reads long strings beside long integers in little memory', () => {
    // V8 would take 32 bytes for each character that is added to a string
    const script = `
      import { parseJson } from ${JSON.stringify(new URL('parse-json.js', import.meta.url))};
      const limits = { STUDY_NESTING_LIMIT: 4, STUDY_VALUES_LIMIT: 1000, STUDY_JSON_LIMIT_BYTES: 2 ** 24 };
      for (const piece of ['a', '\\\\n']) {
        const text = Buffer.from('["' + piece.repeat(8e6 / piece.length) + '",9007199254740993]');
        if (parseJson(text, limits)[1] !== 9007199254740993n) process.exit(1);
      }`;
    execFileSync(process.execPath, ['--max-old-space-size=64', '--input-type=module', '--eval', script]);
  });

  it('does not count what stands in strings', () => {
    for (const text of ['[[[[[[', ',,,,,,,,,,,,,,', '"[[[[[[', '\\[[[[[[', '\\\\"[[[[[['])
      assert.equal(parsed(JSON.stringify(text)), text);
  });

  it('refuses what is nested too deep or has too many values', () => {
    assert.match(refusal('[[[[[1]]]]]'), /deeper than 4 levels \(STUDY_NESTING_LIMIT\)$/);
    assert.match(refusal('[{"a":[[[1]]]}]'), /STUDY_NESTING_LIMIT/);
    assert.match(refusal(`[${'0,'.repeat(40)}0]`), /more than 40 values \(STUDY_VALUES_LIMIT\)$/);
    assert.match(refusal(`[${'{},'.repeat(20)}0]`), /STUDY_VALUES_LIMIT/);
    assert.match(refusal('{"a":1,"b":"c"}'), /STUDY_VALUES_LIMIT/, 'a string counts as sixteen values, a name too');
  });

  it('refuses a text that is too long', () => {
    assert.equal(parsed(' '.repeat(99) + '1'), 1);
    assert.match(refusal(' '.repeat(101), 413), /over the limit of 100 bytes \(STUDY_JSON_LIMIT_BYTES\)$/);
  });

  it('says where a text breaks', () => {
    assert.equal(refusal(''), 'JSON Parse error: The document is empty');
    assert.match(refusal('[1'), /^JSON Parse error: ./);
    assert.match(refusal('"[[[['), /^JSON Parse error: ./);
    assert.match(refusal('"\\'), /^JSON Parse error: ./);
    assert.match(refusal(Buffer.from([0x22, 0xff, 0x22])), /not UTF-8$/);
  });
});
