import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metrics } from './metrics.js';

function linesOf(metrics: Metrics, start: string): string[] {
  return metrics
    .page()
    .split('\n')
    .filter((line) => line.startsWith(start));
}

describe('metrics page', () => {
  it('lists metrics without samples by their type alone, in order, with one line end at the end', () => {
    const page = new Metrics().page();
    const lines = page.split('\n');
    assert.equal(lines.pop(), '');
    assert.ok(lines.every((line) => line.startsWith('# TYPE ')));
    assert.deepEqual(lines, [...lines].sort());
    assert.ok(lines.includes('# TYPE :tensorflow:serving:request_count counter'));
    assert.ok(!lines.some((line) => line.includes('input_batch_size')));
  });

  it('stays small whatever failed requests name, and counts models that answer all the same', () => {
    const metrics = new Metrics();
    const request = { api: 'predict', entrypoint: 'REST', micros: 10 } as const;
    for (let index = 0; index < 3000; index += 1) {
      metrics.serving.requestFinished({ ...request, model: `${index}`, code: 'NOT_FOUND' });
      metrics.serving.requestFinished({ ...request, model: `${index}${'x'.repeat(250_000)}`, code: 'NOT_FOUND' });
    }
    metrics.serving.requestFinished({ ...request, model: 'late', code: 'OK' });
    metrics.serving.requestFinished({ ...request, model: 'late', code: 'INTERNAL' });
    const counts = linesOf(metrics, ':tensorflow:serving:request_count');
    assert.equal(counts.length, 1000 + 1 + 2);
    assert.ok(counts.includes(':tensorflow:serving:request_count{model_name="(other)",status="NOT_FOUND"} 5000'));
    assert.ok(counts.includes(':tensorflow:serving:request_count{model_name="late",status="INTERNAL"} 1'));
    assert.ok(metrics.page().length < 200_000);
  });

  it('counts all requests, and the time of those that succeeded', () => {
    const metrics = new Metrics();
    const request = { api: 'predict', entrypoint: 'REST', micros: 1200 } as const;
    metrics.serving.requestFinished({ ...request, model: 'm', code: 'OK' });
    metrics.serving.requestFinished({ ...request, model: 'm', code: 'OK', micros: 10 });
    metrics.serving.requestFinished({ ...request, model: 'a"b\\c', code: 'NOT_FOUND' });
    assert.deepEqual(linesOf(metrics, ':tensorflow:serving:request_count'), [
      String.raw`:tensorflow:serving:request_count{model_name="a\"b\\c",status="NOT_FOUND"} 1`,
      ':tensorflow:serving:request_count{model_name="m",status="OK"} 2',
    ]);
    const labels = 'model_name="m",API="predict",entrypoint="REST"';
    const latency = linesOf(metrics, ':tensorflow:serving:request_latency');
    assert.equal(latency.length, 36);
    // equal to a bound: the next bucket
    assert.equal(latency[0], `:tensorflow:serving:request_latency_bucket{${labels},le="10"} 0`);
    assert.equal(latency[1], `:tensorflow:serving:request_latency_bucket{${labels},le="18"} 1`);
    assert.deepEqual(latency.slice(-3), [
      `:tensorflow:serving:request_latency_bucket{${labels},le="+Inf"} 2`,
      `:tensorflow:serving:request_latency_sum{${labels}} 1210`,
      `:tensorflow:serving:request_latency_count{${labels}} 2`,
    ]);
  });

  it('shows the batching metrics from the first batch on', () => {
    const metrics = new Metrics();
    metrics.serving.inputForBatch(3);
    metrics.serving.batchFormed(4, 1);
    metrics.serving.batchRuns();
    assert.deepEqual(
      linesOf(metrics, ':tensorflow:serving:batching_session').filter((line) => !line.includes('_bucket')),
      [
        ':tensorflow:serving:batching_session:input_batch_size_sum{} 3',
        ':tensorflow:serving:batching_session:input_batch_size_count{} 1',
        ':tensorflow:serving:batching_session:padding_size_sum{execution_batch_size="4"} 1',
        ':tensorflow:serving:batching_session:padding_size_count{execution_batch_size="4"} 1',
        ':tensorflow:serving:batching_session:processed_batch_size_sum{} 4',
        ':tensorflow:serving:batching_session:processed_batch_size_count{} 1',
        ':tensorflow:serving:batching_session:wrapped_run_count{} 1',
      ],
    );
  });

  it('answers the first value of a metric by its own name', () => {
    const metrics = new Metrics();
    assert.equal(metrics.value('/tensorflow/serving/request_count'), 0);
    metrics.serving.requestFinished({ model: 'm', api: '', entrypoint: 'REST', code: 'OK', micros: 1 });
    assert.equal(metrics.value('/tensorflow/serving/request_count'), 1);
    assert.equal(metrics.value('/no/such/metric'), 0);
  });
});
