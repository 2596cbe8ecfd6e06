import { faster, type CellClaim } from './claim.js';
import { bars, question, type PlanContext } from './define.js';

/** The model that variants are made from, then the variants. */
const BASE = 'cnn-w32';
const MODELS = ['cnn-separable', 'cnn-slim', BASE, 'cnn-float16', 'cnn-sparse', 'cnn-int8'];

/** Decided on the engine alone, where no server's own time hides what a model takes. */
function fasterThanBase(id: string, sentence: string, model: string): CellClaim {
  return faster(id, sentence, { contestant: 'bare-engine', model }, { model: BASE });
}

/** Models made smaller or lighter, each beside the one it was made from: speed together with accuracy (method rule 18). */
export const optimised = question({
  id: 'optimised',
  title: 'Optimised models',
  asks: 'Do smaller weights or fewer operations make answers come faster, and what do they cost in accuracy?',
  expects:
    'Fewer bytes on disk (float16, int8, zeros) save storage and no time, since the graph computes in float32 as before; fewer channels and separable convolutions save time.',
  done: 'Each variant and the model it was made from, served alike: one client, one instance per request. Accuracy is on held-out images, of the exported files themselves.',
  means:
    'Ask of an optimisation what it saves: bytes on disk and in transfer, or arithmetic. Only the second shortens a prediction on this hardware.',
  missing: ({ models }: PlanContext) =>
    MODELS.every((name) => models.has(name)) ? undefined : 'the optimised models cannot be had here',
  cells: [
    {
      contestants: { standard: ['bare-engine'], thorough: ['flask-style', 'direct-rest', 'bare-engine'] },
      models: MODELS,
      together: 'model',
      curveMs: 600,
    },
  ],
  claims: [
    fasterThanBase('float16-saves-time', 'Storing weights as float16 makes predictions faster.', 'cnn-float16'),
    fasterThanBase('int8-saves-time', 'Storing weights as 8-bit integers makes predictions faster.', 'cnn-int8'),
    fasterThanBase(
      'pruning-saves-time',
      'Setting weights to zero (unstructured pruning) makes predictions faster.',
      'cnn-sparse',
    ),
    fasterThanBase(
      'fewer-channels-save-time',
      'Cutting channels out (structured pruning) makes predictions faster.',
      'cnn-slim',
    ),
    fasterThanBase(
      'separable-design-saves-time',
      'Designing with depthwise-separable convolutions makes predictions faster.',
      'cnn-separable',
    ),
  ],
  charts: [
    bars('Median latency of each variant', 'model', 'p50', { caption: 'Beside the accuracy in the table below.' }),
  ],
  tables: [
    {
      title: 'Speed with accuracy',
      columns: [
        'model',
        'what was done',
        'bytes on disk',
        'compressed',
        'MFLOPs',
        'accuracy',
        'contestant',
        'p50',
        'share of the base',
      ],
      note: "99% and 99.9% of the base's accuracy are MLPerf's lines for an optimisation that still counts as the same model.",
    },
  ],
  answer: [
    {
      gains: 'p50',
      against: { model: BASE },
      shows: { contestant: ['bare-engine'] },
      says: `Median time of the engine against ${BASE}`,
    },
  ],
});
