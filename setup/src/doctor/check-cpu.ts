import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Check } from './check.js';

/** Instruction sets that TensorFlow or oneDNN choose kernels by, as Linux spells them. */
const FEATURES = [
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx512f',
  'avx512_vnni',
  'avx512_bf16',
  'amx_bf16',
  'amx_int8',
  'avx_vnni',
  'asimd',
  'sve',
  'bf16',
];
const GIGABYTE = 2 ** 30;
/** Both contestants with the large model, the generator and the report need about this much. */
const NEEDED_GIGABYTES = 4;

export async function checkCpu(): Promise<Check[]> {
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(info)?.[1]?.split(' ') ?? []);
  const features = FEATURES.filter((feature) => flags.has(feature));
  const model = cpus()[0]?.model ?? 'unknown';
  const lacksAvx = process.arch === 'x64' && info !== '' && !flags.has('avx');
  return [
    {
      id: 'cpu',
      title: 'Processor',
      state: lacksAvx ? 'missing' : process.arch === 'x64' && !flags.has('avx2') ? 'limited' : 'ok',
      required: true,
      found: `${model}: ${features.join(' ') || 'no known vector instructions'}`,
      ...(lacksAvx
        ? {
            advice:
              "TensorFlow's wheels need AVX: use another machine, or build TensorFlow yourself and give its wheel to setup --wheel",
          }
        : {}),
      details: { model, features },
    },
    await checkCpus(),
    checkMemory(),
  ];
}

async function checkCpus(): Promise<Check> {
  const schedulable = availableParallelism();
  const quota = await quotaCpus();
  const usable = Math.min(schedulable, quota ?? schedulable);
  const notes = [`${schedulable} schedulable of ${cpus().length}`];
  if (quota !== undefined) notes.push(`cgroup quota ${quota}`);
  return {
    id: 'cpus',
    title: 'CPUs',
    state: usable < 2 ? 'limited' : 'ok',
    required: false,
    found: notes.join(', '),
    ...(usable < 2
      ? {
          advice:
            'with fewer than 2, the load generator and the server measured share one: latencies will be worse than they are',
        }
      : {}),
    details: { logical: cpus().length, schedulable, quota },
  };
}

/** CPUs' worth of time that cgroup v2 or v1 grants; undefined when it sets no limit. */
async function quotaCpus(): Promise<number | undefined> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const [quota, period] = (await read('/sys/fs/cgroup/cpu.max')).trim().split(' ').map(Number);
  if (quota && period) return quota / period;
  const oldQuota = Number(await read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'));
  const oldPeriod = Number(await read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'));
  return oldQuota > 0 && oldPeriod > 0 ? oldQuota / oldPeriod : undefined;
}

function checkMemory(): Check {
  const totalGigabytes = totalmem() / GIGABYTE;
  const enough = totalGigabytes >= NEEDED_GIGABYTES;
  return {
    id: 'memory',
    title: 'Memory',
    state: enough ? 'ok' : 'limited',
    required: false,
    found: `${totalGigabytes.toFixed(1)} GiB, ${(freemem() / GIGABYTE).toFixed(1)} free`,
    ...(enough ? {} : { advice: `large models need about ${NEEDED_GIGABYTES} GiB` }),
    details: { totalBytes: totalmem(), freeBytes: freemem() },
  };
}
