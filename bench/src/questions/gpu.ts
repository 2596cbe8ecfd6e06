import { faster } from './claim.js';
import { bars, question, type Question } from './define.js';
import type { Subject } from './subject.js';

export const gpu = ({ model, own }: Subject): Question =>
  question({
    id: 'gpu',
    title: 'On a GPU',
    asks: 'What does a GPU change for one request at a time, with a light and with a heavy model?',
    expects:
      'For a light model the way to the GPU and back costs what it brings; for a heavy one the GPU leaves the server as the largest part of what a user waits.',
    done: 'The same SavedModel on the GPU and on the CPU, in turn; one client, one instance per request. What the GPU was is in the logs of the servers.',
    means: 'Where a GPU makes the model quick, the server is what is left to choose.',
    needs: 'an NVIDIA GPU and the engine for it; its claim, the model `resnet50`',
    missing: ({ noGpu }) => noGpu,
    cells: [
      {
        contestants: ['flask-style', 'direct-rest', 'bare-engine'],
        models: own === undefined ? [model, 'resnet50'] : [model],
        factors: [{ device: 'gpu' }, { device: 'cpu' }],
        together: { factor: 'device' },
        curveMs: 1500,
        sliceMs: 500,
      },
    ],
    claims: [
      faster(
        'gpu-helps-heavy-models',
        'On a GPU a heavy model answers faster.',
        { contestant: 'bare-engine', model: own === undefined ? 'resnet50' : model, device: 'gpu' },
        { device: 'cpu' },
      ),
    ],
    charts: [bars('Median latency by device', 'device', 'p50')],
    tables: [
      { title: 'On the GPU and on the CPU', columns: ['model', 'device', 'contestant', 'p50', 'CPU per request'] },
    ],
    answer: [
      {
        gains: 'p50',
        against: { device: 'cpu' },
        shows: { device: ['gpu'] },
        says: 'Median time on the GPU against the CPU',
      },
    ],
  });
