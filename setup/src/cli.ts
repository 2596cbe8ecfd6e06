#!/usr/bin/env node
import { resolve } from 'node:path';
import { cacheLayout } from '@serving-study/runtime';
import { Command, Option } from 'commander';
import { PACKAGE_INDEX } from './provision/https-wheel.js';
import { throttled } from './provision/step-progress.js';
import { parseRelease, TENSORFLOW_VERSION } from './provision/tensorflow-release.js';
import { REQUIREMENTS_FILE } from './python/requirements.js';
import { setup } from './setup.js';
import { DEFAULT_IMAGE } from './tfserving-fetch/image-reference.js';

interface SetupFlags {
  readonly cacheDir?: string;
  readonly distribution?: string;
  readonly wheel?: string;
  readonly indexUrl: string;
  readonly python: string;
  readonly skipBinding?: true;
  readonly skipPython?: true;
}

interface FetchFlags {
  readonly cacheDir?: string;
  readonly image?: string;
  readonly registry?: string;
  readonly digest?: string;
}

interface DoctorFlags {
  readonly cacheDir?: string;
  readonly python: string;
  readonly json?: true;
}

const INTERRUPTED = 130;
const interruption = new AbortController();

const program = new Command('setup').description('TensorFlow itself in Node: set it up, and see what this machine has');
program
  .command('setup')
  .description('fetch TensorFlow, build its binding, make the Python environment; quick when all is there')
  .option('--cache-dir <directory>', 'where to put it (default: .cache of this checkout)')
  .option(
    '--distribution <name[==version]>',
    `wheel to take TensorFlow from, e.g. tensorflow==${TENSORFLOW_VERSION} for GPUs`,
  )
  .option('--wheel <file>', 'a wheel that is already downloaded')
  .option('--index-url <url>', 'package index to ask when there is no pip', PACKAGE_INDEX)
  .option('--python <program>', 'Python to use', 'python3')
  .option('--skip-binding', 'leave the binding out (the Flask-style server then cannot run)')
  .option('--skip-python', 'leave the Python environment out (Flask and large models are then not tested)')
  .action(async (flags: SetupFlags) => {
    stopBySignals();
    await setup({
      cache: resolvedOrDefault(flags.cacheDir),
      release: flags.distribution === undefined ? undefined : parseRelease(flags.distribution),
      wheel: flags.wheel === undefined ? undefined : resolve(flags.wheel),
      indexUrl: flags.indexUrl,
      python: flags.python,
      requirementsFile: REQUIREMENTS_FILE,
      withBinding: flags.skipBinding !== true,
      withPython: flags.skipPython !== true,
      environment: process.env,
      arch: process.arch,
      signal: interruption.signal,
      interactive: process.stdout.isTTY,
      say: console.log,
    });
  });

program
  .command('tfserving-fetch')
  .description(
    "fetch TensorFlow Serving's program from its image in a registry, for a machine without a container engine",
  )
  .option('--cache-dir <directory>', 'where to put it (default: .cache of this checkout)')
  .addOption(new Option('--image <name>', `default ${DEFAULT_IMAGE}`).env('TFSERVING_IMAGE'))
  .addOption(
    new Option('--registry <host or URL>', "asked in place of the one in the image's name").env('TFSERVING_REGISTRY'),
  )
  .option('--digest <sha256:...>', 'take the image only if its index or manifest has this digest')
  .action(async (flags: FetchFlags) => {
    stopBySignals();
    const { fetchServing } = await import('./tfserving-fetch/fetch-serving.js');
    const { isTTY } = process.stdout;
    const clear = isTTY ? '\r\u001b[2K' : '';
    const { image, digest, version } = await fetchServing({
      layout: cacheLayout(resolvedOrDefault(flags.cacheDir)),
      image: flags.image,
      registry: flags.registry,
      digest: flags.digest,
      platform: process.platform,
      arch: process.arch,
      environment: process.env,
      signal: interruption.signal,
      say: (text) => process.stdout.write(`${clear}${text}\n`),
      show: throttled(isTTY, (text) => process.stdout.write(isTTY ? `${clear}${text}` : `${text}\n`)),
    }).finally(() => process.stdout.write(clear));
    console.log(`Ready: ${version}, from ${image}@${digest}.`);
  });

program
  .command('doctor')
  .description('what this machine has of what the study can use, and what to do about each thing missing')
  .option('--cache-dir <directory>', 'where set-up has put things (default: .cache of this checkout)')
  .option('--python <program>', 'Python to ask', 'python3')
  .option('--json', 'for programs')
  .action(async (flags: DoctorFlags) => {
    const { inspectMachine } = await import('./doctor/inspect-machine.js');
    const { renderInspection } = await import('./doctor/render-inspection.js');
    const { python, cacheDir } = flags;
    const inspection = await inspectMachine({ cache: resolvedOrDefault(cacheDir), python, environment: process.env });
    console.log(
      flags.json === true ? JSON.stringify(inspection, null, 2) : renderInspection(inspection, process.stdout.isTTY),
    );
    process.exitCode = inspection.ok ? 0 : 1;
  });

function stopBySignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interruption.abort(new Error(`stopped by ${signal}`));
    });
}

function resolvedOrDefault(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = interruption.signal.aborted ? INTERRUPTED : 1;
}
