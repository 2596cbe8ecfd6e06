import { execFile, spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { frameMessage } from '@serving-study/http2';
import { percentileNs, sortLatencies } from '../stats/index.js';

const run = promisify(execFile);

/** Load clients in C, with the Debian packages that have them. */
const CLIENTS = { wrk: 'wrk', h2load: 'nghttp2-client' } as const;

/** One request to one server, as often as it goes, with so many in flight. */
export interface ClosedLoop {
  /** `host:port` */
  readonly address: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly concurrency: number;
  readonly seconds: number;
  /** For the client's files. */
  readonly folder: string;
}

export interface ClientResult {
  readonly requestsPerS: number;
  readonly p50Ms: number;
}

/** What has to be installed before these clients can be asked; empty when all are there. */
export function missingPackages(): string[] {
  return Object.entries(CLIENTS).flatMap(([program, name]) =>
    spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined ? [] : [name],
  );
}

/** HTTP/1.1, a connection for each request in flight. @throws Error when a request failed. */
export async function runWrk(loop: ClosedLoop): Promise<ClientResult> {
  const { address, path, body, concurrency, seconds, folder } = loop;
  const [script, bodyFile] = [join(folder, 'post.lua'), join(folder, 'body')];
  await writeFile(bodyFile, body);
  await writeFile(
    script,
    [
      `wrk.method = "POST"`,
      `local file = io.open(${JSON.stringify(bodyFile)}, "rb")`,
      `wrk.body = file:read("*a")`,
      `wrk.headers["Content-Type"] = "application/json"`,
      `function done(summary, latency)`,
      `  local e = summary.errors`,
      `  local failed = e.connect + e.read + e.write + e.status + e.timeout`,
      `  print(string.format("RESULT %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), failed))`,
      `end`,
    ].join('\n'),
  );
  const args = ['-t1', `-c${concurrency}`, `-d${seconds}s`, '-s', script, `http://${address}${path}`];
  const { stdout } = await run('wrk', args);
  const [, requests, us, p50Us, failed] = /^RESULT (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout) ?? [];
  if (requests === undefined || failed !== '0') throw new Error(`wrk could not measure:\n${stdout}`);
  return { requestsPerS: (Number(requests) * 1e6) / Number(us), p50Ms: Number(p50Us) / 1e3 };
}

/** HTTP/2, all requests on one connection, as the bench has it. @throws Error when a request failed. */
export async function runH2load(loop: ClosedLoop): Promise<ClientResult> {
  const { address, path, body, concurrency, seconds, folder } = loop;
  const [bodyFile, log] = [join(folder, 'message'), join(folder, 'h2load.log')];
  await writeFile(bodyFile, frameMessage(Buffer.from(body.buffer, body.byteOffset, body.byteLength)));
  // h2load would append to it.
  await rm(log, { force: true });
  const headers = ['content-type: application/grpc', 'te: trailers'].flatMap((header) => ['-H', header]);
  const args = ['-t1', '-c1', `-m${concurrency}`, '-D', String(seconds), '-d', bodyFile, `--log-file=${log}`];
  const { stdout } = await run('h2load', [...args, ...headers, `http://${address}${path}`]);
  const [, requestsPerS] = /finished in [^,]+, ([\d.]+) req\/s/.exec(stdout) ?? [];
  const [, failed, errored] = /(\d+) failed, (\d+) errored/.exec(stdout) ?? [];
  if (requestsPerS === undefined || failed !== '0' || errored !== '0')
    throw new Error(`h2load could not measure:\n${stdout}`);
  // Of each request a line: when it began, its status, and how long it took in microseconds.
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const timesUs = Float64Array.from(lines, (line) => Number(line.split('\t')[2]));
  return { requestsPerS: Number(requestsPerS), p50Ms: percentileNs(sortLatencies(timesUs), 0.5) / 1e3 };
}
