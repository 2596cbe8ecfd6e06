import { messageJson, type MessageJson } from './message-json.js';

/**
 * The body that answers `GET /v1/models/{model}/metadata`: two JSON texts put together, hence the odd
 * layout. `signatureDefs` is the JSON mapping of SignatureDefMap's only field, by name of the signature.
 */
export function metadataResponseBody(
  model: { readonly name: string; readonly version: bigint | string },
  signatureDefs: Readonly<Record<string, MessageJson>>,
): Buffer {
  const spec = messageJson({ name: model.name, version: String(model.version), signature_name: '' });
  const map = messageJson({ signature_def: signatureDefs });
  return Buffer.from(`{\n"model_spec":${spec}\n,\n"metadata": {"signature_def": ${map}\n}\n}\n`);
}
