import type { MetaGraph, SignatureTensor } from '@serving-study/runtime';
import type { MetadataResponse, StatusResponse } from '@serving-study/serving-kit';

/** Answer to `GET /v1/models/M`: a model loaded by hand has one version, and it is there. */
export function statusJson(version: string): string {
  const answer: StatusResponse = {
    model_version_status: [{ version, state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }],
  };
  return JSON.stringify(answer);
}

/** Answer to `GET /v1/models/M/metadata`. */
export function metadataJson(name: string, version: string, signatures: MetaGraph['signatures']): string {
  const signatureDefs: [string, SignatureDef][] = [...signatures].map(
    ([signatureName, { inputs, outputs, methodName }]) => [
      signatureName,
      { inputs: tensorInfos(inputs), outputs: tensorInfos(outputs), method_name: methodName },
    ],
  );
  const answer: MetadataResponse = {
    model_spec: { name, signature_name: '', version },
    metadata: { signature_def: { signature_def: Object.fromEntries(signatureDefs) } },
  };
  return JSON.stringify(answer);
}

type SignatureDef = MetadataResponse['metadata']['signature_def']['signature_def'][string];
type TensorInfos = SignatureDef['inputs'];

function tensorInfos(tensors: ReadonlyMap<string, SignatureTensor>): TensorInfos {
  return Object.fromEntries(
    [...tensors].map(([alias, { tensorName, dtype, shape }]) => [
      alias,
      {
        name: tensorName,
        dtype: `DT_${(dtype ?? 'invalid').toUpperCase()}`,
        tensor_shape: {
          dim: (shape ?? []).map((size) => ({ size: String(size), name: '' })),
          unknown_rank: shape === undefined,
        },
      },
    ]),
  );
}
