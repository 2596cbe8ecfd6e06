import type { Long } from '@grpc/proto-loader';
import type { CancelSignal } from './cancel-signal.js';
import { messageFromBytes, type GrpcClient } from './grpc-client.js';
import { typeName } from './tensor-proto.js';
import { CallRefused, type TimedAnswer } from './upstream.js';

/** tensorflow.serving.ModelSpec for proto-loader. Without version and label: the latest. */
export interface ModelSpec {
  readonly name: string;
  /** Decimal. */
  readonly version?: { readonly value: string };
  /** Asked for by `tuned/` alone. */
  readonly version_label?: string;
}

/** Inputs of a signature by the names that clients use. */
export type InputTypes = ReadonlyMap<string, { readonly dtype: string }>;

/** What the model server says of a version it serves. */
export interface ServedModel {
  readonly version: string;
  /** By the signature's name. */
  readonly inputTypes: ReadonlyMap<string, InputTypes>;
  /** A serialized tensorflow.serving.SignatureDefMap. */
  readonly signatureDefMap: Uint8Array;
}

interface Entry {
  readonly askedAtMs: number;
  readonly found: ServedModel | CallRefused;
}

/** How long an answer counts as fresh, and a missing model as missing: a flood of bad requests asks the server 4 times a second. */
const MOMENT_MS = 250;
/** Names come from clients. */
const MOST_ENTRIES = 1000;

/** Learns signatures from GetModelMetadata, because JSON does not say what types its numbers have. Remembers them. */
export class ModelCatalogue {
  readonly #client: GrpcClient;
  readonly #entries = new Map<string, Entry>();
  /** Questions that several requests wait for together. One ends with the request that asked it, whose signal this is. */
  readonly #asked = new Map<string, { answer: Promise<TimedAnswer<ServedModel>>; signal: CancelSignal }>();

  constructor(client: GrpcClient) {
    this.#client = client;
  }

  /** However old it is: it may be out of date when a request fails that did not name its version. */
  remembered(model: ModelSpec): ServedModel | undefined {
    const found = this.#entries.get(keyOf(model))?.found;
    return found instanceof CallRefused ? undefined : found;
  }

  /** Of the last moment, or asked for. Throws as `ask` does. */
  async fresh(model: ModelSpec, signal: CancelSignal): Promise<ServedModel> {
    const key = keyOf(model);
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined && performance.now() - entry.askedAtMs <= MOMENT_MS) {
        if (entry.found instanceof CallRefused) throw entry.found;
        return entry.found;
      }
      let asked = this.#asked.get(key);
      asked ??= { answer: this.ask(model, signal).finally(() => this.#asked.delete(key)), signal };
      this.#asked.set(key, asked);
      try {
        return (await signal.until(asked.answer)).value;
      } catch (error) {
        signal.throwIfAborted();
        if (!asked.signal.aborted) throw error; // else the request that asked has ended: now this one asks
      }
    }
  }

  /** Asks the server. Throws as GrpcClient does. */
  async ask(model: ModelSpec, signal: CancelSignal): Promise<TimedAnswer<ServedModel>> {
    const request = { model_spec: model, metadata_field: ['signature_def'] };
    try {
      const { value, timing } = await this.#client.call<MetadataResponse>('GetModelMetadata', request, signal);
      const signatureDefMap = value.metadata['signature_def']?.value ?? new Uint8Array();
      const version = value.model_spec.version?.value.toString() ?? '0';
      const found = { version, inputTypes: readInputTypes(signatureDefMap), signatureDefMap };
      this.#remember(model, found);
      return { value: found, timing };
    } catch (error) {
      if (error instanceof CallRefused && error.httpStatus === 404) this.#remember(model, error);
      throw error;
    }
  }

  forget(model: ModelSpec): void {
    this.#entries.delete(keyOf(model));
  }

  #remember(model: ModelSpec, found: ServedModel | CallRefused): void {
    this.forget(model); // the newest stands last
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= MOST_ENTRIES) this.#entries.delete(oldest);
    this.#entries.set(keyOf(model), { askedAtMs: performance.now(), found });
  }
}

interface MetadataResponse {
  readonly model_spec: { readonly version: { readonly value: Long } | null };
  readonly metadata: Readonly<Record<string, { readonly value: Uint8Array }>>;
}

interface SignatureDefMap {
  readonly signature_def: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { dtype: string }>> }>>;
}

function readInputTypes(signatureDefMap: Uint8Array): ServedModel['inputTypes'] {
  const { signature_def: definitions } = messageFromBytes(SIGNATURE_DEF_MAP, signatureDefMap) as SignatureDefMap;
  return new Map(
    Object.entries(definitions).map(([name, { inputs }]) => {
      const types = Object.entries(inputs).map(([alias, { dtype }]) => [alias, { dtype: typeName(dtype) }] as const);
      return [name, new Map(types)];
    }),
  );
}

export const SIGNATURE_DEF_MAP = 'tensorflow.serving.SignatureDefMap';

function keyOf({ name, version, version_label: label }: ModelSpec): string {
  return `${name}\n${version?.value ?? ''}\n${label ?? ''}`;
}
