import type { Long } from '@grpc/proto-loader';
import type { GrpcClient } from './grpc-client.js';
import { CallRefused, type Answered } from './replicas/grpc-line.js';
import type { CallLimits } from './upstream.js';

/** Which version of a model a request is about. */
export interface ModelChoice {
  readonly name: string;
  /** Decimal; absent together with `label`: the latest. */
  readonly version?: string;
  readonly label?: string;
}

/** What the model server says of a version it serves. */
export interface ServedModel<Signatures> {
  readonly version: string;
  readonly signatures: Signatures;
}

interface Entry<Signatures> {
  readonly askedAtMs: number;
  readonly found: ServedModel<Signatures> | CallRefused;
}

/** How long an answer counts as fresh, and a missing model as missing: a flood of bad requests asks the server 4 times a second. */
const MOMENT_MS = 250;
/** Names come from clients. */
const MOST_ENTRIES = 1000;

/** Learns signatures from GetModelMetadata, because JSON does not say what types its numbers have. Remembers them. */
export class ModelCatalogue<Signatures> {
  readonly #client: GrpcClient;
  readonly #read: (signatureDefMap: Uint8Array) => Signatures;
  readonly #entries = new Map<string, Entry<Signatures>>();

  /** `read` takes a serialized tensorflow.serving.SignatureDefMap. */
  constructor(client: GrpcClient, read: (signatureDefMap: Uint8Array) => Signatures) {
    this.#client = client;
    this.#read = read;
  }

  /** However old it is: it may be out of date when a request fails that did not name its version. */
  remembered(model: ModelChoice): ServedModel<Signatures> | undefined {
    const found = this.#entries.get(keyOf(model))?.found;
    return found instanceof CallRefused ? undefined : found;
  }

  /** Of the last moment, or asked for. Throws as `ask` does. */
  async fresh(model: ModelChoice, limits: CallLimits): Promise<ServedModel<Signatures>> {
    const entry = this.#entries.get(keyOf(model));
    if (entry === undefined || performance.now() - entry.askedAtMs > MOMENT_MS)
      return (await this.ask(model, limits)).value;
    if (entry.found instanceof CallRefused) throw entry.found;
    return entry.found;
  }

  /** Asks the server. Throws as GrpcClient does. */
  async ask(model: ModelChoice, limits: CallLimits): Promise<Answered<ServedModel<Signatures>>> {
    this.forget(model);
    const request = { model_spec: modelSpecOf(model), metadata_field: ['signature_def'] };
    try {
      const { value, timing } = await this.#client.call<MetadataResponse>('GetModelMetadata', request, limits);
      const signatures = this.#read(value.metadata['signature_def']?.value ?? new Uint8Array());
      const found = { version: value.model_spec.version?.value.toString() ?? '0', signatures };
      this.#remember(model, found);
      return { value: found, timing };
    } catch (error) {
      if (error instanceof CallRefused && error.httpStatus === 404) this.#remember(model, error);
      throw error;
    }
  }

  forget(model: ModelChoice): void {
    this.#entries.delete(keyOf(model));
  }

  #remember(model: ModelChoice, found: ServedModel<Signatures> | CallRefused): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= MOST_ENTRIES) this.#entries.delete(oldest);
    this.#entries.set(keyOf(model), { askedAtMs: performance.now(), found });
  }
}

interface MetadataResponse {
  readonly model_spec: { readonly version: { readonly value: Long } | null };
  readonly metadata: Readonly<Record<string, { readonly value: Uint8Array }>>;
}

/** The message tensorflow.serving.ModelSpec, as an object for proto-loader. */
export function modelSpecOf({ name, version, label }: ModelChoice, signatureName?: string): object {
  return {
    name,
    ...(version === undefined ? {} : { version: { value: version } }),
    ...(label === undefined ? {} : { version_label: label }),
    ...(signatureName === undefined ? {} : { signature_name: signatureName }),
  };
}

function keyOf({ name, version = '', label = '' }: ModelChoice): string {
  return `${name}\n${version}\n${label}`;
}
