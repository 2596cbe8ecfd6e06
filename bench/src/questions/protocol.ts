import { bars, question, type CellTable, type Question } from './define.js';
import { faster } from './claim.js';
import type { Subject } from './subject.js';

/** 224 x 224 x 3 numbers: 0.6 MB as bytes, 0.8 MB as base64, 1.5 MB and more as JSON. */
const LARGE = 'mobilenet-v2';
/** nginx passes all forms on alike; one shows what any proxy adds. */
const NGINX = ['nginx-rest', 'nginx-grpc'];
const TABLE = {
  contestants: ['flask-style', 'direct-rest', 'direct-grpc', 'proxy-rest', 'proxy-grpc'],
  // Whoever reads JSON reads base64 in it; two contestants show what it saves.
  payloads: ({ id, protocol }) =>
    protocol === 'grpc'
      ? id === 'nginx-grpc'
        ? ['tensor-content']
        : ['tensor-content', 'float-val']
      : ['flask-style', 'direct-rest'].includes(id)
        ? ['json', 'base64']
        : ['json'],
} satisfies CellTable;

export function protocol({ model, own }: Subject): Question {
  const models = own === undefined ? [model, LARGE] : [model];
  return question({
    id: 'protocol',
    title: 'gRPC against REST, and what the proxy costs',
    asks: 'Does gRPC answer faster than REST, how much does the form of the numbers matter, and what does an Express proxy add?',
    expects:
      'For small inputs the protocols are close. For large ones, writing and reading numbers as text dominates, and raw bytes win: tensor_content over gRPC, base64 over REST.',
    done: `One client sent one instance per request: as JSON${own === undefined ? ' numbers and as base64 of the float32 values over REST (the model’s own signature reads them)' : ' over REST'}, and over gRPC both as raw bytes (tensor_content) and as typed numbers (float_val). nginx in the proxy’s place shows what any proxy adds.`,
    means:
      'Send raw bytes when inputs are images or embeddings, over REST as base64 to a signature that reads them. A proxy that has to read JSON and write it again pays for both sides; one that passes bytes through does not.',
    needs: `its claims: the model \`${LARGE}\``,
    cells: [
      { ...TABLE, contestants: [...TABLE.contestants, ...NGINX], models: [model], curveMs: 700 },
      // One large request takes tens of milliseconds: a slice must hold a certified median (method rule 9).
      ...(own === undefined
        ? [
            {
              ...TABLE,
              models: [LARGE],
              curveMs: { standard: 900, thorough: 1200 },
              sliceMs: { standard: 700, thorough: 1200 },
            },
          ]
        : []),
    ],
    claims: [
      ...(own === undefined
        ? [
            faster(
              'base64-beats-json-numbers',
              'For large inputs over REST, base64 of the raw bytes answers faster than numbers written as JSON.',
              { contestant: 'direct-rest', model: LARGE, payload: 'base64' },
              { payload: 'json' },
            ),
            faster(
              'grpc-wins-large-payloads',
              'For large inputs gRPC with raw bytes answers faster than REST with JSON.',
              { contestant: 'direct-grpc', model: LARGE, payload: 'tensor-content' },
              { contestant: 'direct-rest', payload: 'json' },
            ),
          ]
        : []),
      faster(
        'raw-bytes-beat-typed-numbers',
        'Over gRPC, raw bytes (tensor_content) answer faster than numbers in their typed field.',
        { contestant: 'direct-grpc', model: own === undefined ? LARGE : model, payload: 'tensor-content' },
        { payload: 'float-val' },
      ),
    ],
    charts: models.map((each) => bars(`One request to ${each}`, 'contestant', 'p50', { shows: { model: [each] } })),
    tables: [
      {
        title: 'Protocols and payload forms',
        columns: ['model', 'contestant', 'payload', 'bytes out', 'bytes in', 'p50', 'CPU per request'],
      },
    ],
    answer: models.map((each) => ({ rank: 'p50', best: 'lowest', shows: { model: [each] } })),
  });
}
