import { asFast } from './claim.js';
import { MOST } from './where.js';
import { lines, question, type PlanContext } from './define.js';

/** From the least arithmetic to the most. Between their neighbours those left out add to the curve, not to the answer. */
const FEW = ['mlp-10k', 'cnn-w8', 'cnn-d8', 'cnn-d16'];
const LIGHT = ['mlp-10k', 'cnn-w8', 'cnn-d2', 'cnn-d4', 'cnn-w16', 'cnn-d8', 'cnn-d16', 'cnn-w32', 'cnn-w64'];
const HEAVY = ['cnn-w128', 'mobilenet-v2', 'resnet50'];
/** What the proxy adds does not depend on the model: `protocol` measures it with a small and a large one. */
const CONTESTANTS = ['flask-style', 'direct-rest', 'bare-engine'];
const ONE_SERIES = { caption: 'Each point is one model of the series.' };

export const complexity = question({
  id: 'complexity',
  title: 'How heavy the model is',
  asks: 'From which model on does the choice of server stop mattering, because the model itself takes so much longer?',
  expects: 'What a server adds is nearly constant; the heavier the model, the smaller its share.',
  done: 'One client, one instance per request, models from light to heavy, with depth and width varied apart. Weights of the larger ones are seeded, not trained: their labels mean nothing, their arithmetic is real.',
  means:
    'Find your model on the axis by its FLOPs. Left of the crossing, choose the server for speed; right of it, choose it for versions, batching and operation.',
  missing: ({ models }: PlanContext) =>
    [...LIGHT, ...HEAVY].some((name) => models.has(name)) ? undefined : 'no model of the series can be had here',
  cells: [
    { contestants: CONTESTANTS, models: { standard: FEW, thorough: LIGHT }, curveMs: 600 },
    // A slice must hold enough runs for a certified median (method rule 9).
    {
      contestants: CONTESTANTS,
      models: HEAVY,
      curveMs: { standard: 1200, thorough: 2000 },
      sliceMs: { standard: 600, thorough: 1000 },
    },
  ],
  claims: [
    asFast(
      'heavy-model-hides-server',
      'With a heavy model it does not matter for latency how it is served: TensorFlow Serving and the Flask style are within 5% of each other.',
      { contestant: 'direct-rest', model: MOST },
      { contestant: 'flask-style' },
    ),
  ],
  charts: [
    lines('Median latency by arithmetic per instance', 'MFLOPs', 'p50', {
      caption: 'FLOPs counted on the exported graph; a multiplication and an addition are two.',
    }),
    lines('Wider layers, same depth', 'parameters', 'p50', { ...ONE_SERIES, series: 'width' }),
    lines('More layers, same width', 'parameters', 'p50', { ...ONE_SERIES, series: 'depth' }),
  ],
  tables: [
    {
      title: 'Models and what serving adds',
      columns: ['model', 'parameters', 'MFLOPs', 'contestant', 'p50', 'added to the engine'],
    },
  ],
  answer: [{ negligible: 'added to the engine', below: 10 }],
});
