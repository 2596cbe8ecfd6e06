import type { CallLimits } from '../upstream.js';
import type { ModelChoice } from './api-call.js';
import type { ModelServerClient, TimedOutcome } from './model-server-client.js';
import { signatureDefsFromBytes, type SignatureDefs } from './signature-defs.js';

/** What the model server says of a version it serves. */
export interface ServedModel {
  readonly version: string;
  /** JSON does not say what type its numbers are meant to be; signatures do. */
  readonly signatures: SignatureDefs;
}

interface MetadataResponse {
  readonly model_spec: { readonly version: { readonly value: string } | null };
  readonly metadata: Record<string, { readonly value: Buffer }>;
}

/** Learns models from GetModelMetadata, and remembers what each way of naming one meant last. */
export class ModelCatalogue {
  readonly #client: ModelServerClient;
  readonly #known = new Map<string, ServedModel>();

  constructor(client: ModelServerClient) {
    this.#client = client;
  }

  /** What is remembered. It may be out of date: ask afresh when an answer shows another version, or an error. */
  known(choice: ModelChoice): ServedModel | undefined {
    return this.#known.get(keyOf(choice));
  }

  forget(choice: ModelChoice): void {
    this.#known.delete(keyOf(choice));
  }

  async ask(choice: ModelChoice, limits: CallLimits): Promise<TimedOutcome<ServedModel>> {
    const request = { model_spec: modelSpecOf(choice), metadata_field: ['signature_def'] };
    const outcome = await this.#client.callWithObjects<MetadataResponse>('GetModelMetadata', request, limits);
    if (outcome.kind === 'refused') {
      this.forget(choice);
      return outcome;
    }
    const value = servedModelFrom(outcome.value);
    this.#known.set(keyOf(choice), value);
    return { ...outcome, value };
  }
}

/** The message for a choice of model, as an object for proto-loader. */
export function modelSpecOf({ name, version, label }: ModelChoice): object {
  return {
    name,
    ...(version === undefined ? {} : { version: { value: version } }),
    ...(label === undefined ? {} : { version_label: label }),
  };
}

function servedModelFrom({ model_spec: spec, metadata }: MetadataResponse): ServedModel {
  const signatures = signatureDefsFromBytes(metadata['signature_def']?.value ?? Buffer.alloc(0));
  return { version: spec.version?.value ?? '0', signatures };
}

function keyOf({ name, version = '', label = '' }: ModelChoice): string {
  return `${name}\n${version}\n${label}`;
}
