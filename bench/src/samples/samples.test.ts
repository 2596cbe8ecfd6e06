import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { OUTCOMES, type Sample } from '../record/index.js';
import { COLUMNS, RECORD_BYTES } from './sample-layout.js';
import { createSampleTable, OK, openSamplesWriter, readSamples, sampleAt, tableFromSamples } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'samples-'));
after(() => {
  rmSync(folder, { recursive: true });
});
let files = 0;
const newFile = (): string => join(folder, `${files++}.bin`);
const identity = { trial: 'e/c/b0', cell: 'e/c', contestant: 'flask-style' };

const instant = fc.oneof(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.constant(Number.NaN));
const us = fc.oneof(fc.float({ min: 0, max: 1e7, noNaN: true }), fc.constant(Number.NaN));
const anySample: fc.Arbitrary<Sample> = fc.record(
  {
    intendedAtNs: fc.double({ min: 0, max: 1e12, noNaN: true }),
    sentAtNs: instant,
    firstByteAtNs: instant,
    doneAtNs: instant,
    outcome: fc.constantFrom(...OUTCOMES),
    code: fc.nat(599),
    bytesOut: fc.nat(2 ** 31),
    bytesIn: fc.nat(2 ** 31),
    input: fc.nat(1000),
    version: fc.nat(2 ** 31),
    serverTimingUs: fc.tuple(us, us, us, us, us),
  },
  { noNullPrototype: true },
);

function write(samples: readonly Sample[]): string {
  const file = newFile();
  const writer = openSamplesWriter(file, identity);
  for (const sample of samples) writer.append(sample);
  writer.close();
  assert.equal(writer.count, samples.length);
  return file;
}

describe('samples on disk', () => {
  it('lie as docs/samples.md says', () => {
    const text = readFileSync(fileURLToPath(new URL('../../../docs/samples.md', import.meta.url)), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)`\s*\| (\w+)\s*\|\s*(\d+) \|/gm)];
    assert.deepEqual(
      rows.map(([, name, type, offset]) => ({ name, type, offset: Number(offset) })),
      COLUMNS.map(({ name, type, offset }) => ({ name, type, offset })),
    );
    assert.ok(text.includes(`records of ${RECORD_BYTES} bytes`));
    for (const [code, name] of OUTCOMES.entries()) assert.ok(text.includes(`${code} \`${name}\``), name);
  });

  it('come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySample, { maxLength: 50 }), async (samples) => {
        const read = await readSamples(write(samples));
        assert.deepEqual(read.identity, identity);
        assert.deepEqual(
          samples.map((_, row) => sampleAt(read.table, row)),
          samples,
        );
        assert.deepEqual(read.table, tableFromSamples(samples));
      }),
      { numRuns: 30 },
    );
  });

  it('survive a cut anywhere: all whole records are there, the torn one is not', async () => {
    const [sample] = fc.sample(anySample, { numRuns: 1, seed: 1 });
    assert.ok(sample);
    const samples = Array.from({ length: 5 }, (_, i) => ({ ...sample, intendedAtNs: i }));
    const size = statSync(write(samples)).size;
    for (let lost = 0; lost <= 5 * 72; lost += 7) {
      const file = write(samples);
      truncateSync(file, size - lost);
      const { table } = await readSamples(file);
      assert.equal(table.length, 5 - Math.ceil(lost / 72));
      assert.deepEqual([...table.intendedAtNs], [0, 1, 2, 3, 4].slice(0, table.length));
    }
  });

  it('are readable after a flush, without a close', async () => {
    const [sample] = fc.sample(anySample, { numRuns: 1, seed: 2 });
    assert.ok(sample);
    const file = newFile();
    const writer = openSamplesWriter(file, identity);
    writer.append(sample);
    assert.equal((await readSamples(file)).table.length, 0);
    writer.flush();
    assert.equal((await readSamples(file)).table.length, 1);
    writer.close();
    writer.close();
    assert.throws(() => {
      writer.append(sample);
    }, /is closed/);
  });

  it('are never mixed with those of another trial', () => {
    const file = write([]);
    assert.throws(() => openSamplesWriter(file, identity), /EEXIST/);
  });

  it('keep their order and values in a file of many chunks', async () => {
    const count = 150_000;
    const file = newFile();
    const writer = openSamplesWriter(file, identity);
    const none = Number.NaN;
    for (let i = 0; i < count; i++) {
      writer.append({
        intendedAtNs: i * 1000,
        sentAtNs: i * 1000 + 1,
        firstByteAtNs: none,
        doneAtNs: i * 1000 + 2,
        outcome: i % 3 === 0 ? 'timeout' : 'ok',
        code: i % 600,
        bytesOut: i,
        bytesIn: 2 * i,
        input: i % 16,
        version: 1,
        serverTimingUs: [none, none, i, none, none],
      });
    }
    writer.close();
    const { table } = await readSamples(file);
    assert.equal(table.length, count);
    for (let i = 0; i < count; i++) {
      const right =
        table.intendedAtNs[i] === i * 1000 &&
        table.doneAtNs[i] === i * 1000 + 2 &&
        (table.outcome[i] === OK) === (i % 3 !== 0) &&
        table.bytesIn[i] === 2 * i &&
        table.serverTimingUs[2][i] === i;
      if (!right) assert.fail(`row ${i} is wrong`);
    }
  });

  it('say what is wrong with a file that is none', async () => {
    const file = newFile();
    await assert.rejects(readSamples(file), /ENOENT/);
    writeFileSync(file, 'something else entirely');
    await assert.rejects(readSamples(file), /is not a samples file/);
    writeFileSync(file, 'SERVSMP1');
    appendFileSync(file, Buffer.from([255, 255, 255, 127]));
    await assert.rejects(readSamples(file), /header is cut or damaged/);
    writeFileSync(file, Buffer.concat([Buffer.from('SERVSMP1'), Buffer.from([8, 0, 0, 0]), Buffer.from('not json')]));
    await assert.rejects(readSamples(file), /header is not JSON/);
    writeFileSync(file, Buffer.concat([Buffer.from('SERVSMP1'), Buffer.from([2, 0, 0, 0]), Buffer.from('{}')]));
    await assert.rejects(readSamples(file), /header is not of this version/);
  });

  it('refuse a row that is not there', () => {
    assert.throws(() => sampleAt(createSampleTable(0), 0), RangeError);
  });
});
