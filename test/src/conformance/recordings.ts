import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const storeStep = z.looseObject({ op: z.enum(['copy', 'remove', 'rename', 'write']) });

const server = z.object({
  id: z.string(),
  flags: z.array(z.string()),
  config_files: z.array(z.string()).default([]),
  /** Its vectors change the server: a fresh one, in increasing `order`. */
  stateful: z.boolean().default(false),
  store: z.array(storeStep).default([]),
});

const restRequest = z.object({
  method: z.string().optional(),
  path: z.string().optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  body: z.string().optional(),
  body_base64: z.string().optional(),
  raw: z.string().optional(),
  raw_base64: z.string().optional(),
  timeout_ms: z.number().optional(),
  delay_before_body_ms: z.number().optional(),
});

const grpcRequest = z.object({
  method: z.string(),
  bytes_base64: z.string().default(''),
  placeholders: z.boolean().default(false),
  timeout_ms: z.number().default(20_000),
  compression: z.enum(['gzip', 'deflate']).optional(),
});

const call = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rest'), request: restRequest }),
  z.object({ kind: z.literal('grpc'), request: grpcRequest }),
]);
const setupStep = z.union([call, z.object({ kind: z.literal('sleep'), ms: z.number() })]);
const backgroundCall = z.intersection(
  call,
  z.object({ count: z.number().default(1), then_wait_ms: z.number().default(120) }),
);

const vector = {
  id: z.string(),
  group: z.string(),
  server,
  order: z.number().default(0),
  setup: z.array(setupStep).default([]),
  background: z.array(backgroundCall).default([]),
  compare: z.enum(['exact', 'json', 'status-and-json-keys', 'status-only', 'text-prefix', 'metrics']),
  tolerance: z.number().default(0),
  note: z.string().default(''),
};

const restResponse = z.object({
  no_answer: z.boolean().default(false),
  status: z.number().default(0),
  reason: z.string().default(''),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  body: z.string().optional(),
  body_base64: z.string().optional(),
  interim: z.array(z.string()).default([]),
  prefix: z.string().optional(),
  exact_lines: z.array(z.string()).default([]),
});

const grpcResponse = z.object({
  code: z.string(),
  message: z.string().default(''),
  bytes_base64: z.string().optional(),
  prefix: z.string().optional(),
});

const restVector = z.object({ ...vector, request: restRequest, response: restResponse });
const grpcVector = z.object({ ...vector, request: grpcRequest, response: grpcResponse });

const startup = z.object({
  id: z.string(),
  description: z.string().default(''),
  server,
  wait_s: z.number(),
  result: z.object({
    /** null: still running after `wait_s`. */
    exit_code: z.number().nullable(),
    grpc_listening: z.boolean(),
    rest_listening: z.boolean(),
    log_contains: z.array(z.string()).default([]),
  }),
});

const action = z.union([
  z.object({ op: z.literal('grpc'), request: grpcRequest, async: z.boolean().default(false) }),
  storeStep,
]);

const timeline = z.object({
  id: z.string(),
  description: z.string().default(''),
  server,
  duration_ms: z.number(),
  from_start: z.boolean().default(false),
  actions: z.array(z.object({ t_ms: z.number(), action })),
  probes: z.record(z.string(), call),
  events: z.array(
    z.looseObject({
      t_ms: z.number(),
      event: z.string(),
      value: z.unknown().optional(),
      answer: z.object({ code: z.string(), message: z.string().default('') }).optional(),
    }),
  ),
});

const lifecycle = z.object({ startups: z.array(startup), timelines: z.array(timeline) });

export type ServerConfiguration = z.infer<typeof server>;
export type StoreStep = z.infer<typeof storeStep>;
export type RestRequest = z.infer<typeof restRequest>;
export type GrpcRequest = z.infer<typeof grpcRequest>;
export type Call = z.infer<typeof call>;
export type RestVector = z.infer<typeof restVector> & { readonly kind: 'rest' };
export type GrpcVector = z.infer<typeof grpcVector> & { readonly kind: 'grpc' };
export type Vector = RestVector | GrpcVector;
export type Startup = z.infer<typeof startup>;
export type Timeline = z.infer<typeof timeline>;

export interface Recordings {
  readonly vectors: readonly Vector[];
  readonly startups: readonly Startup[];
  readonly timelines: readonly Timeline[];
  /** What stands for `$MODELS` and for `$CONFIGS`. */
  readonly models: string;
  readonly configs: string;
}

/**
 * Reads the recordings of a folder; test/conformance/README.md describes the format. `models/` and `configs/` may be
 * beside them or one level up. A file that is missing counts as empty; a line that does not fit throws, naming it.
 */
export async function loadRecordings(folder: string): Promise<Recordings> {
  const rest = await readVectors(join(folder, 'rest.jsonl'), restVector);
  const grpc = await readVectors(join(folder, 'grpc.jsonl'), grpcVector);
  const { startups, timelines } = await readLifecycle(join(folder, 'lifecycle.json'));
  if (rest.length + grpc.length + startups.length + timelines.length === 0)
    throw new Error(`${folder} holds no recordings: expected rest.jsonl, grpc.jsonl or lifecycle.json`);
  return {
    vectors: [
      ...rest.map((one) => ({ ...one, kind: 'rest' as const })),
      ...grpc.map((one) => ({ ...one, kind: 'grpc' as const })),
    ],
    startups,
    timelines,
    models: besideOrAbove(folder, 'models'),
    configs: besideOrAbove(folder, 'configs'),
  };
}

async function readVectors<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [parsed(schema, line, `${file}:${index + 1}`)]));
}

async function readLifecycle(file: string): Promise<z.infer<typeof lifecycle>> {
  return existsSync(file) ? parsed(lifecycle, await readFile(file, 'utf8'), file) : { startups: [], timelines: [] };
}

function parsed<T>(schema: z.ZodType<T>, text: string, place: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${place} is not a recording: ${cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)}`,
      {
        cause,
      },
    );
  }
}

function besideOrAbove(folder: string, name: string): string {
  const found = [join(folder, name), join(folder, '..', name)].find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no ${name}/ in ${folder} nor one level up`);
  return resolve(found);
}
