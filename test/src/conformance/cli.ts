import { parseArgs } from 'node:util';
import { setUp } from '@serving-study/bench';
import { readKnownDifferences } from './known-differences.js';
import { OWN_RECORDINGS } from './own-recordings.js';
import { loadRecordings } from './recordings.js';
import { replay } from './replay.js';
import { replayAgainst } from './replay-against.js';
import { reportOf } from './report.js';
import { STANDIN } from './standin-program.js';

const USAGE = `npm run conformance -- [options]

Replays recordings of a real TensorFlow Serving and prints pass or fail by group. Without --rest, --grpc and --bin the
stand-in is started for each configuration of the recordings.

  --rest URL             a server that runs already, e.g. http://127.0.0.1:8501
  --grpc HOST:PORT       its gRPC port
  --configuration ID     what that server was started with (default: main)
  --bin PATH             start this tensorflow_model_server for each configuration instead of the stand-in
  --recordings DIR       rest.jsonl, grpc.jsonl, lifecycle.json; models/ and configs/ there or one level up
  --group PREFIX         only these groups or ids, e.g. rest.numbers, grpc., lifecycle.retries, startup
  --through-proxy KIND   grpc or rest: REST vectors through tfserving-proxy with that upstream, compared by values
  --parallel N           configurations at the same time (default: 3)
  --verbose              all differences, not only the first of each group`;

const OPTIONS = {
  rest: { type: 'string' },
  grpc: { type: 'string' },
  configuration: { type: 'string', default: 'main' },
  bin: { type: 'string' },
  recordings: { type: 'string', default: OWN_RECORDINGS },
  group: { type: 'string', default: '' },
  'through-proxy': { type: 'string' },
  parallel: { type: 'string', default: '3' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const throughProxy = values['through-proxy'];
  if (throughProxy !== undefined && throughProxy !== 'grpc' && throughProxy !== 'rest')
    throw new Error(`--through-proxy is grpc or rest, not ${throughProxy}`);
  const parallel = Number(values.parallel);
  if (!Number.isInteger(parallel) || parallel < 1)
    throw new Error(`--parallel is a whole number from 1 on, not ${values.parallel}`);
  await setUp();
  const recordings = await loadRecordings(values.recordings);
  const list = throughProxy === undefined ? 'known-differences.json' : `known-differences-proxy-${throughProxy}.json`;
  const known = await readKnownDifferences(`${OWN_RECORDINGS}/${list}`, recordings);
  const way = throughProxy ?? 'direct';
  const outcomes =
    values.rest === undefined && values.grpc === undefined
      ? ((
          await replay({
            recordings,
            program: values.bin === undefined ? STANDIN : { command: values.bin, leading: [] },
            idPrefix: values.group,
            parallel,
            known,
            ways: [way],
          })
        ).get(way) ?? [])
      : await replayAgainst(
          recordings,
          {
            configuration: values.configuration,
            ...(values.rest === undefined ? {} : { rest: endpointOf(values.rest) }),
            ...(values.grpc === undefined ? {} : { grpc: values.grpc }),
          },
          values.group,
        );
  const { text, failures } = reportOf(outcomes, known, values.verbose);
  console.log(text);
  return failures.length === 0 ? 0 : 1;
}

function endpointOf(address: string): { host: string; port: number } {
  const url = new URL(address);
  return { host: url.hostname, port: Number(url.port === '' ? 80 : url.port) };
}
