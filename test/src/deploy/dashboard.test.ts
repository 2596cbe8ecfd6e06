import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

const PROJECT = new URL('../../../', import.meta.url);
const read = (file: string): Promise<string> => readFile(new URL(file, PROJECT), 'utf8');

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

it("each panel of the dashboard asks in Prometheus' language, for what some server tells", async () => {
  const { panels } = JSON.parse(await read('deploy/monitoring/grafana/dashboards/serving.json')) as Dashboard;
  const told = [
    ...(await metricsIn('serving-kit/src/http/metrics.ts', /name: '(\w+)'/g)),
    ...(await metricsIn('tfserving-standin/src/metrics/serving-metrics.ts', /'(\/tensorflow\/serving\/\w+)'/g)).map(
      (name) => name.replaceAll('/', ':'),
    ),
    ...['up', 'container_cpu_usage_seconds_total'],
  ];
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      parser.configure({ strict: true }).parse(expr);
      for (const [name] of expr.matchAll(/(?:study_\w+|:tensorflow:[\w:]+|container_cpu\w+)/g))
        assert.ok(
          told.includes(name.replace(/_(?:sum|count|bucket)$/, '')) || told.includes(name),
          `${title}: ${name}`,
        );
    }
});

it('Prometheus asks the services of the compose file by their names and ports', async () => {
  const { scrape_configs: jobs } = parse(await read('deploy/monitoring/prometheus.yml')) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
  };
  const { services } = parse(await read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { ports?: string[] }>;
  };
  for (const { job_name: job, dns_sd_configs: found } of jobs)
    for (const { names, port } of found) {
      assert.deepEqual(names, [job]);
      const published = services[job]?.ports;
      assert.ok(services[job] !== undefined, job);
      if (published !== undefined)
        assert.ok(
          published.some((each) => each.endsWith(`:${port}`)),
          `${job}:${port}`,
        );
    }
});

async function metricsIn(file: string, pattern: RegExp): Promise<string[]> {
  return [...(await read(file)).matchAll(pattern)].map(([, name = '']) => name);
}
