#!/usr/bin/env node
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { bench } from './commands/bench.js';
import { MODEL_HELP, modelOptions, parseDims, parseRange, type ModelFlags } from './commands/model-options.js';
import { errorLines } from './commands/error-lines.js';
import { generator } from './commands/generator.js';
import { BENCH_EXAMPLES, DEFAULT_IMAGE, runHelp, STUDY_EXAMPLES, VERSION } from './commands/help.js';
import { compare, report, type Outcome, type ReportOptions } from './commands/report.js';
import { addResults, indexResults } from './commands/results.js';
import type { RunOptions } from './commands/run-options.js';
import { study } from './commands/study.js';
import { parseThreshold, THRESHOLD_HELP, type Threshold } from './commands/thresholds.js';
import { grpcAddress, restAddress } from './contestants/index.js';
import { PROJECT_ROOT } from './models/index.js';
import { profileSchema, type Asked } from './record/index.js';
import { Progress } from './run/progress.js';
import { messageOf } from './words/message-of.js';

const INTERRUPTED = 130;
const FAILED = 1;
const NOTHING_VALID = 2;
const THRESHOLD_MISSED = 3;

interface VerdictFlags {
  readonly failOn: Threshold[];
  readonly json?: true;
}

interface RunFlags extends VerdictFlags, ModelFlags, Omit<Asked, 'program' | 'targets' | 'model'> {
  readonly out: string;
  readonly dryRun?: true;
  readonly resume?: string;
  readonly tfservingUrl?: string;
  readonly tfservingGrpc?: string;
  readonly standin?: true;
}

/** The comparison names them A to Z. */
const MOST_COMPARED = 26;
/** Longer windows would outlast timers. */
const MOST_TIMES = 1000;
const GENERATOR_SECRET = process.env['STUDY_GENERATOR_SECRET'] ?? '';
const progress = new Progress(process.stderr);
const { say } = progress;
const interruption = new AbortController();
/** What an interruption leads to. */
let interrupted = {
  says: 'Stopping: what was measured is reported. Ctrl-C again to leave at once.',
  status: INTERRUPTED,
};
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
  progress.say(interrupted.says);
  interruption.abort();
});
process.once('SIGTERM', () => {
  interruption.abort();
});

const program = new Command('serving-study')
  .description('Drives all contestants alike and reports, claim by claim, what holds')
  .version(VERSION);

addRunOptions(program.command('study').description('start every contestant, measure, write the report'))
  .option('--tfserving-url <url>', 'a TensorFlow Serving that runs already: its REST address')
  .option('--tfserving-grpc <host:port>', 'its gRPC address (default: the REST host, port 8500)')
  .option('--standin', 'take the stand-in even if TensorFlow Serving can be had')
  .addHelpText('after', runHelp(STUDY_EXAMPLES))
  .action(async (flags: RunFlags, command: Command) => {
    endWith(await study(runOptions('study', flags, command)));
  });

const benchCommand = addRunOptions(
  program.command('bench').description('measure servers that run already, e.g. from docker compose'),
)
  .option(
    '--targets <contestant=address,...>',
    'needed; e.g. flask-style=http://127.0.0.1:8601,direct-grpc=127.0.0.1:8500',
  )
  .option(
    '--generators <host:port,...>',
    'load from other machines (bench generator); dns:name:port stands for all addresses of a name',
  )
  .option(
    '--tfserving-url <url>',
    'REST address of what stands behind proxy-* and direct-*: shows whether it is the stand-in',
  )
  .addHelpText('after', runHelp(BENCH_EXAMPLES))
  .action(async (flags: RunFlags & { targets?: string }, command: Command) => {
    const { targets } = flags;
    if (targets === undefined)
      return program.error("error: required option '--targets <contestant=address,...>' not specified");
    endWith(await bench({ ...runOptions('bench', flags, command), targets }));
  });

benchCommand
  .command('generator')
  .description('generate load for a bench on another machine, until it is stopped')
  .requiredOption(
    '--listen <host:port>',
    'where; anywhere but on loopback the bench has to know STUDY_GENERATOR_SECRET',
  )
  .action(async ({ listen }: { listen: string }) => {
    interrupted = { says: 'Stopping.', status: 0 };
    await generator(listen, GENERATOR_SECRET, say, interruption.signal);
  });

addVerdictOptions(
  program.command('report').description('make the report again from the files of a run, or compare runs'),
)
  .argument('[folder]', 'a run folder, e.g. reports/2026-01-31T12-00-00')
  .option(
    '--compare <folders...>',
    `2 to ${MOST_COMPARED} run folders: what changed from the first to each of the others`,
  )
  .action(async (folder: string | undefined, flags: VerdictFlags & { compare?: string[] }) => {
    if (flags.compare !== undefined) {
      if (flags.compare.length < 2 || flags.compare.length > MOST_COMPARED || folder !== undefined)
        program.error(`error: --compare takes 2 to ${MOST_COMPARED} run folders`);
      else if (flags.failOn.length > 0 || flags.json === true)
        program.error('error: --compare judges nothing: --fail-on and --json are for one run');
      else
        await compare(
          flags.compare.map((each) => resolve(each)),
          progress,
        );
    } else if (folder === undefined) program.error('error: name a run folder, or --compare two of them or more');
    else endWith(await report(resolve(folder), reportOptions(flags)));
  });

program
  .command('results')
  .description('make the index of the published runs in docs/results')
  .action(() => indexResults(PROJECT_ROOT, say))
  .command('add')
  .description('publish a finished run: its results and its report, without samples')
  .argument('<folder>', 'a run folder, e.g. reports/2026-01-31T12-00-00')
  .action((folder: string) => addResults(resolve(folder), PROJECT_ROOT, say));

try {
  await program.parseAsync();
} catch (error) {
  for (const line of errorLines(error, interruption.signal)) progress.say(line);
  process.exitCode = FAILED;
}
if (interruption.signal.aborted) process.exitCode = interrupted.status;

/** A run in which nothing is valid is none that a pipeline should take for one. */
function endWith({ isValid, missed }: Outcome): void {
  if (!isValid) progress.say('Nothing in this run is valid: the report says why.');
  for (const each of missed) progress.say(`Threshold missed: ${each}`);
  if (!isValid) process.exitCode = NOTHING_VALID;
  else if (missed.length > 0) process.exitCode = THRESHOLD_MISSED;
}

function addVerdictOptions(command: Command): Command {
  return command
    .option(
      '--fail-on <condition>',
      `end with status 3 if it holds; may be repeated: ${THRESHOLD_HELP}`,
      thresholds,
      [],
    )
    .option('--json', 'print the verdicts as JSON on standard output');
}

function addRunOptions(command: Command): Command {
  return addVerdictOptions(command)
    .addOption(new Option('--profile <name>', 'how much is measured').choices(profileSchema.options).default('quick'))
    .option('--only <names>', 'only these experiments, or those that decide these claims, joined by commas', list)
    .option('--contestants <ids>', 'only these, joined by commas', list)
    .option('--model <path>', MODEL_HELP.model)
    .option('--requests <file>', MODEL_HELP.requests)
    .option('--signature <name>', MODEL_HELP.signature)
    .option('--model-v2 <path>', MODEL_HELP.modelV2)
    .option('--model-name <name>', MODEL_HELP.modelName)
    .option('--dims <input=size>', MODEL_HELP.dims, orRefuse(parseDims))
    .option('--range <low..high>', MODEL_HELP.range, orRefuse(parseRange))
    .option('--seed <number>', 'seed of arrivals, inputs and order', integer, 20_261_122)
    .option('--time-factor <number>', 'make every window this many times as long', positive, 1)
    .option('--out <folder>', 'where run folders go', 'reports')
    .option('--dry-run', 'print the plan and its duration, measure nothing')
    .option(
      '--resume <folder>',
      'go on with a run that was killed or could not start everything, with its own options',
    );
}

function reportOptions({ failOn, json }: VerdictFlags): ReportOptions {
  return { progress, failOn, json: json === true, print: console.log };
}

function runOptions(program: Asked['program'], flags: RunFlags, command: Command): RunOptions {
  const { profile, only, contestants, generators, seed, timeFactor } = flags;
  return {
    ...reportOptions(flags),
    given: new Set(Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli')),
    asked: {
      program,
      profile,
      only,
      contestants,
      generators,
      seed,
      timeFactor,
      model: modelOptions(flags),
    },
    out: resolve(flags.out),
    dryRun: flags.dryRun === true,
    resume: flags.resume === undefined ? undefined : resolve(flags.resume),
    tfserving: tfservingOptions(flags),
    generatorSecret: GENERATOR_SECRET,
    command: ['npm run', process.argv[2], ...(process.argv.length > 3 ? ['--', ...process.argv.slice(3)] : [])].join(
      ' ',
    ),
    signal: interruption.signal,
  };
}

function tfservingOptions(flags: RunFlags): RunOptions['tfserving'] {
  if (flags.standin === true && flags.tfservingUrl !== undefined)
    program.error('error: --standin takes the stand-in and --tfserving-url another server: leave one of them out');
  if (flags.tfservingGrpc !== undefined && flags.tfservingUrl === undefined)
    program.error('error: --tfserving-grpc says more of the server at --tfserving-url: name that too');
  return {
    restUrl: flags.tfservingUrl === undefined ? undefined : restAddress('--tfserving-url', flags.tfservingUrl, false),
    grpcAddress: flags.tfservingGrpc === undefined ? undefined : grpcAddress('--tfserving-grpc', flags.tfservingGrpc),
    standinOnly: flags.standin === true,
    binary: process.env['TFSERVING_BIN'],
    image: process.env['TFSERVING_IMAGE'] ?? DEFAULT_IMAGE,
  };
}

function thresholds(text: string, before: Threshold[]): Threshold[] {
  return [...before, orRefuse(parseThreshold)(text)];
}

/** What a parser throws is told as a wrong option. */
function orRefuse<T, B>(parse: (text: string, before?: B) => T): (text: string, before?: B) => T {
  return (text, before) => {
    try {
      return parse(text, before);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw new InvalidArgumentError('names joined by commas are wanted.');
  return items;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MOST_TIMES)) throw new InvalidArgumentError(`a number above 0, ${MOST_TIMES} at most.`);
  return value;
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is wanted.');
  return value;
}
