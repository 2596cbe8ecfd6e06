import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Chart } from '../../record/index.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { adaptSvg } from './adapt-svg.js';
import { chartData } from './chart-data.js';
import { chartPicture } from './chart-picture.js';
import { describeChart } from './describe-chart.js';
import { directLabels } from './direct-labels.js';
import { renderSvg } from './render-svg.js';
import { linearScale, logScale, placeOf } from './scale.js';
import { seriesStyles } from './series-style.js';
import { standaloneSvg } from './standalone-svg.js';
import { thinOut } from './thin-out.js';
import { wrapLabel } from './wrap-label.js';

const { study, experiments } = fixtureResults();
const stylesFor = seriesStyles(study.contestants);
const SPECTRUM: Chart = {
  kind: 'spectrum',
  title: 'Spectrum',
  caption: '',
  points: [0, 0.5, 0.9, 0.99].flatMap((p) => [
    { series: 'one', latency: 'service', p, ms: 1 + p },
    { series: 'one', latency: 'response', p, ms: 1 + 40 * p },
  ]),
};
const CHARTS: readonly Chart[] = [...experiments.flatMap(({ charts }) => charts), SPECTRUM];

async function drawn(chart: Chart, id = 'x'): Promise<string> {
  const warnings: string[] = [];
  const { wide, narrow } = chartPicture(chart, stylesFor);
  const svg = await renderSvg(wide, id, (message) => warnings.push(message));
  await renderSvg(narrow, `${id}n`, (message) => warnings.push(message));
  assert.deepEqual(warnings, []);
  return svg;
}

describe('charts', () => {
  for (const chart of CHARTS) {
    it(`draws ${chart.kind} without a warning, the same twice: ${chart.title}`, async () => {
      const svg = await drawn(chart);
      assert.equal(await drawn(chart), svg);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
      assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+">/);
      assert.ok(describeChart(chart).length > 20);
      assert.ok(chartData(chart).rows.length > 0);
    });
  }

  it('can be drawn at the same time without mixing ids', async () => {
    const [one, two] = await Promise.all([drawn(SPECTRUM, 'a'), drawn(SPECTRUM, 'b')]);
    assert.equal(one.replaceAll('"a-', '"b-').replaceAll('#a-', '#b-'), two);
  });

  it('stands values that do not fit a logarithm', async () => {
    const lines: Chart = {
      kind: 'lines',
      title: 'Zero',
      caption: '',
      x: 'x',
      y: 'y',
      xScale: 'log',
      yScale: 'log',
      points: [
        { series: 'a', x: 0, y: 0 },
        { series: 'a', x: 1, y: -3 },
      ],
    };
    assert.doesNotMatch(await drawn(lines), /NaN|Infinity/);
  });

  it('stands a single point, equal points and many series', async () => {
    const base = { kind: 'lines', title: '', caption: '', x: 'x', y: 'y', xScale: 'linear', yScale: 'linear' } as const;
    await drawn({ ...base, points: [{ series: 'a', x: 5, y: 5 }] });
    await drawn({ ...base, points: [1, 2, 3].map((x) => ({ series: 'a', x, y: 0 })) });
    await drawn({ ...base, points: Array.from({ length: 30 }, (_, x) => ({ series: `series ${x}`, x: x % 3, y: x })) });
  });

  it('names the certified end of a spectrum by percentile', async () => {
    const svg = await drawn(SPECTRUM);
    assert.match(svg, />p99</);
    assert.doesNotMatch(svg, />p99\.9</);
  });
});

describe('series styles', () => {
  it('keep a contestant’s look in every picture, and tell it apart without colour', () => {
    const labels = study.contestants.map(({ label }) => label);
    const together = stylesFor(labels);
    for (const { id, label } of study.contestants) {
      assert.deepEqual(stylesFor([label])(label), together(label));
      assert.deepEqual(stylesFor([id])(id), together(label));
    }
    for (const part of ['colour', 'shape', 'dash'] as const)
      assert.equal(new Set(labels.map((label) => JSON.stringify(together(label)[part]))).size, labels.length, part);
  });

  it('give other names what is left', () => {
    const [first] = study.contestants;
    const label = first?.label ?? '';
    const styleOf = stylesFor([label, 'other', 'another']);
    assert.equal(new Set([label, 'other', 'another'].map((name) => styleOf(name).colour)).size, 3);
  });
});

describe('adaptSvg', () => {
  it('names colours of the theme and keeps them as attributes', () => {
    const svg = adaptSvg('<svg a="1"><path d="M0.123456,1" fill="#1b2127" stroke="#0b6cae"/></svg>', 'x');
    assert.equal(svg, '<path class="f-ink k-s2" d="M0.12,1" fill="#1b2127" stroke="#0b6cae"/>');
  });

  it('leaves text alone, whatever it holds', () => {
    const svg = adaptSvg('<svg><text fill="#1b2127">a &lt;path d=&quot;&quot;/> 0.123456 "</text></svg>', 'x');
    assert.equal(svg, '<text class="f-ink" fill="#1b2127">a &lt;path d=&quot;&quot;/> 0.123456 "</text>');
  });

  it('makes ids its own', () => {
    const svg = adaptSvg(
      '<svg><g clip-path="url(#clip1)"><path d="M0,1" fill="red"/></g><defs><clipPath id="clip1"/></defs></svg>',
      'fig',
    );
    assert.match(svg, /url\(#fig-clip1\)/);
    assert.match(svg, /id="fig-clip1"/);
  });
});

describe('standaloneSvg', () => {
  it('brings its dark colours and its background along, and escapes its title', () => {
    const svg = standaloneSvg('<svg width="1"><path class="f-ink" fill="#1b2127"/></svg>', '<b>&$&');
    assert.match(svg, /<title>&lt;b&gt;&amp;\$&amp;<\/title>/);
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.match(svg, /\.f-ink\{fill:#e6eaef\}/);
    assert.doesNotMatch(svg, /\.f-s1/);
  });
});

describe('scales', () => {
  it('hold every value and have ticks inside', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        for (const scale of [linearScale(values), logScale(values)]) {
          for (const value of [...values, ...scale.ticks.map((tick) => tick.value)]) {
            const place = placeOf(scale, value);
            assert.ok(place >= -1e-9 && place <= 1 + 1e-9, `${value} at ${place} of ${scale.domain.join(' to ')}`);
          }
          assert.ok(scale.ticks.length <= 14, `${scale.ticks.length} ticks`);
        }
        assert.ok(linearScale(values).ticks.length >= 2);
      }),
    );
  });
});

describe('labels', () => {
  it('are moved apart and keep the order of their lines', () => {
    const styleOf = stylesFor([]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 9 }), (ends) => {
        const wishes = ends.map((y, index) => ({ name: `s${index}`, y }));
        const { keys } = directLabels(wishes, styleOf, { width: 100, height: 300 });
        for (const [index, key] of keys.entries()) {
          const above = keys[index - 1];
          if (above !== undefined) assert.ok(key.y - above.y >= 18.99, `${above.y} and ${key.y}`);
        }
      }),
    );
  });

  it('are broken at spaces and end with an ellipsis when they are too long', () => {
    assert.deepEqual(wrapLabel('Proxy → TensorFlow Serving by gRPC', 22), ['Proxy → TensorFlow', 'Serving by gRPC']);
    assert.deepEqual(wrapLabel('', 10), ['']);
    const lines = wrapLabel('word '.repeat(40), 10);
    assert.equal(lines.length, 4);
    assert.ok(lines.at(-1)?.endsWith('…'));
  });
});

describe('thinOut', () => {
  it('keeps the order and every extreme', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 400 }), (ys) => {
        const points = ys.map((y, index) => ({ y, index }));
        const kept = thinOut(points, 20);
        assert.ok(kept.length <= Math.max(20, 2));
        assert.equal(Math.max(...kept.map(({ y }) => y)), Math.max(...ys));
        assert.equal(Math.min(...kept.map(({ y }) => y)), Math.min(...ys));
        assert.deepEqual(
          [...kept],
          [...kept].sort((a, b) => a.index - b.index),
        );
      }),
    );
  });
});
