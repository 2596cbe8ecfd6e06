import { Command, InvalidArgumentError } from 'commander';
import { findServing } from '../contestants/index.js';
import { setUp } from '../process/index.js';
import { runProxiesBench } from './run-proxies-bench.js';

// npm run bench:proxies: what stands between a client and TensorFlow Serving, and what it costs.

const program = new Command('bench:proxies')
  .description(
    'Measures nginx, the least that Node can do, the proxies and the Flask styles in turn, against the same TensorFlow Serving: TFSERVING_BIN, TFSERVING_IMAGE, or else the stand-in.',
  )
  .option('--concurrency <numbers>', 'requests in flight', (text) => text.split(',').map(wholeNumber), [1, 8])
  .option('--starts <number>', 'how often all are started anew', wholeNumber, 3)
  .option('--rounds <number>', 'visits to each server after each start', wholeNumber, 3)
  .option('--slice-ms <number>', 'length of a visit', wholeNumber, 500)
  .option('--only <ids>', 'these, beside direct-rest', (text) => text.split(','))
  .parse();
const options = program.opts<{
  concurrency: number[];
  starts: number;
  rounds: number;
  sliceMs: number;
  only?: string[];
}>();

await setUp();
const say = (text: string): void => {
  console.error(text);
};
const { TFSERVING_BIN: binary, TFSERVING_IMAGE: image } = process.env;
const serving = await findServing({
  binary,
  image: image ?? '',
  standinOnly: binary === undefined && image === undefined,
  onProgress: say,
});
const rows = await runProxiesBench({
  serving,
  concurrencies: options.concurrency,
  starts: options.starts,
  rounds: options.rounds,
  sliceMs: options.sliceMs,
  only: options.only,
  onProgress: say,
});

console.log(`In front of: ${serving.source.kind} (${serving.source.detail})\n`);
const { concurrency } = options;
console.log(`| server | ${concurrency.map((c) => `c=${c}: x direct REST | requests/s | p50 ms`).join(' | ')} |`);
console.log(`| --- |${concurrency.map(() => ' ---: | ---: | ---: |').join('')}`);
for (const name of new Set(rows.map((row) => row.name))) {
  const cells = rows
    .filter((row) => row.name === name)
    .map(({ ofDirect, requestsPerS, p50Ms, failed }) => {
      const failures = failed === 0 ? '' : ` (${failed} failed)`;
      return `${ofDirect.toFixed(2)} | ${requestsPerS.toFixed(0)}${failures} | ${p50Ms.toFixed(2)}`;
    });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a whole number from 1');
  return Number(text);
}
