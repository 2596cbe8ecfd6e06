import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureFloors, startGenerator, type Generator } from '../index.js';
import { floats } from '../testing/a-spec.js';

describe('the floor', () => {
  it('is measured for each kind of request, with the bytes of that kind', async () => {
    await using generator = await startGenerator();
    const kinds = [
      { protocol: 'rest', payload: 'json', model: 'm', batch: 2 },
      { protocol: 'grpc', payload: 'tensor-content', model: 'm', batch: 2 },
      { protocol: 'grpc', payload: 'float-val', model: 'large', batch: 1 },
      { protocol: 'rest', payload: 'json', model: 'like-m', batch: 2 },
    ] as const;
    const expected = [
      Float32Array.of(1, 0.1, 3, 4),
      Float32Array.of(1, 0.1, 3, 4),
      new Float32Array(200_000).fill(0.5),
      Float32Array.of(2, 0.2, 3, 4),
    ];
    const floors = await measureFloors(
      generator,
      kinds.map((kind, i) => ({
        ...kind,
        request: {
          body: Buffer.alloc(4000 * (1 + (i % 3)), '7'),
          inputs: new Map(),
          outputs: [floats(expected[i] ?? [])],
          format: 'columnar',
        },
      })),
    );
    assert.deepEqual(
      floors.map(({ protocol, payload, model, batch, requestBytes }) => [
        protocol,
        payload,
        model,
        batch,
        requestBytes,
      ]),
      [
        ['rest', 'json', 'm', 2, 4000],
        ['grpc', 'tensor-content', 'm', 2, 8000],
        ['grpc', 'float-val', 'large', 1, 12_000],
        ['rest', 'json', 'like-m', 2, 4000],
      ],
    );
    for (const { p50Ms, cpuMsPerRequest, throughputPerS } of floors) {
      assert.ok(p50Ms > 0 && cpuMsPerRequest > 0 && throughputPerS > 0);
    }
    assert.equal(floors[3]?.p50Ms, floors[0]?.p50Ms, 'the same payload and size is measured once');
    assert.ok((floors[0]?.answerBytes ?? 0) > 20 && (floors[2]?.answerBytes ?? 0) > 800_000);
  });

  it('is measured again, for longer, until a request has ended', async () => {
    await using generator = await startGenerator();
    let windows = 0;
    const busyAtFirst: Generator = {
      ...generator,
      runTrial: (spec, hooks) => {
        windows += 1;
        return generator.runTrial(windows % 2 === 0 ? spec : { ...spec, durationMs: 1e-5 }, hooks);
      },
    };
    const request = { body: Buffer.from('{}'), inputs: new Map(), outputs: [floats([1])], format: 'columnar' } as const;
    const [floor] = await measureFloors(busyAtFirst, [
      { protocol: 'rest', payload: 'json', model: 'm', batch: 1, request },
    ]);
    assert.equal(windows, 4);
    assert.ok(floor !== undefined && floor.p50Ms > 0 && floor.throughputPerS > 0);
  });
});
