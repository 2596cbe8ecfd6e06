import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Chart } from '../../record/index.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { ReportContext } from '../sections/report-context.js';
import { chartFigure } from './chart-figure.js';
import { draw } from './draw.js';
import { scaleOf } from './scale-of.js';
import { SeriesStyles } from './series-style.js';
import { standaloneSvg } from './standalone-svg.js';
import { COLOURS } from './theme.js';
import { wrapLabel } from './wrap-label.js';

const context = new ReportContext(fixtureResults());
const { study, experiments } = context.results;
const CHARTS = experiments.flatMap(({ charts }) => charts);
type Lines = Extract<Chart, { kind: 'lines' }>;
const BASE = { kind: 'lines', title: '', caption: '', x: 'x', y: 'y', xScale: 'linear', yScale: 'linear' } as const;

function drawn(chart: Chart, narrow = false): string {
  const svg = draw(chartFigure(chart, context).drawing, narrow);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  return svg;
}

function aLine(points: readonly (readonly [x: number, y: number])[], overrides: Partial<Lines> = {}): Lines {
  return { ...BASE, points: points.map(([x, y]) => ({ contestant: 'flask-style', x, y })), ...overrides };
}

describe('charts', () => {
  for (const chart of CHARTS) {
    it(`draws ${chart.kind}, wide and narrow, the same twice, with words and data: ${chart.title}`, () => {
      for (const narrow of [false, true]) {
        const svg = drawn(chart, narrow);
        assert.equal(drawn(chart, narrow), svg);
        assert.match(svg, new RegExp(`^<svg [^>]*width="${narrow ? 328 : 880}"`));
      }
      const { alternative, data } = chartFigure(chart, context);
      assert.ok(alternative.length > 20);
      assert.ok(data.rows.length > 0);
    });
  }

  it('draws in colours of the theme alone, so that the page can turn them dark', () => {
    const known = new Set<string>(Object.values(COLOURS).map(([light]) => light));
    for (const chart of CHARTS)
      for (const [, colour = ''] of drawn(chart).matchAll(/(?:fill|stroke)="(#[^"]*)"/g))
        assert.ok(known.has(colour), colour);
  });

  it('stands values that do not fit a logarithm, a single point, equal points and many series', () => {
    const points = Array.from({ length: 30 }, (_, x) => ({ contestant: `c${x}`, variant: `way ${x}`, x: x % 3, y: x }));
    drawn(
      aLine(
        [
          [0, 0],
          [1, -3],
        ],
        { xScale: 'log', yScale: 'log' },
      ),
    );
    drawn(aLine([[5, 5]]));
    drawn(
      aLine([
        [1, 0],
        [2, 0],
        [3, 0],
      ]),
    );
    drawn({ ...BASE, points });
  });

  it('marks what is INVALID with a cross, and does not join it', () => {
    const line = aLine([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    const paths = (chart: Chart): number =>
      drawn(chart).match(/<path d="M[^"]*L[^"]*"\/>|<path d="M[^"]*L[^"]*" \/>/g)?.length ?? 0;
    const points = line.points.map((point) => ({ ...point, valid: point.x !== 2 }));
    assert.notEqual(drawn({ ...line, points }), drawn(line));
    assert.ok(paths(line) > 0);
  });

  it('names the certified end of a spectrum by percentile', () => {
    const svg = drawn(CHARTS.find(({ kind }) => kind === 'spectrum') ?? aLine([]));
    assert.match(svg, />p99</);
    assert.doesNotMatch(svg, />p99\.9</);
  });

  it('puts the class of its contestant on what the page can hide, and never on what others share', () => {
    const bars = drawn(CHARTS.find(({ kind }) => kind === 'bars') ?? aLine([]));
    assert.match(bars, /class="c-flask-style"/);
    const [legend = ''] = bars.split('>p95<');
    assert.doesNotMatch(legend, /class="c-/);
  });
});

describe('series styles', () => {
  it('keep a contestant’s look in every picture, and tell it apart without colour', () => {
    const styles = new SeriesStyles(study.contestants);
    const all = study.contestants.map(({ id }) => ({ contestant: id }));
    const together = styles.ofSeries(all);
    for (const whose of all) assert.deepEqual(styles.ofSeries([whose])(whose), together(whose));
    for (const part of ['colour', 'shape', 'dash'] as const)
      assert.equal(new Set(all.map((whose) => together(whose)[part])).size, all.length, part);
  });

  it('tell variants apart by dash and shape, and by colour where a contestant is alone', () => {
    const styles = new SeriesStyles(study.contestants);
    const two = ['json', 'base64'].map((variant) => ({ contestant: 'flask-style', variant }));
    const [one, other] = two.map(styles.ofSeries([...two, { contestant: 'proxy-grpc' }]));
    assert.equal(one?.colour, other?.colour);
    assert.notEqual(one?.dash, other?.dash);
    assert.equal(new Set(two.map(styles.ofSeries(two)).map(({ colour }) => colour)).size, 2);
  });
});

describe('standaloneSvg', () => {
  it('has a title, a description, a background and dark colours, and escapes its words', () => {
    const svg = standaloneSvg('<svg width="1"><path fill="#1b2127"/></svg>', '<b>&$&', 'a > b');
    assert.match(svg, /^<svg width="1" role="img"><title>&lt;b&gt;&amp;\$&amp;<\/title><desc>a &gt; b<\/desc><style>/);
    assert.match(svg, /prefers-color-scheme:dark.*svg \[fill="#1b2127"\]\{fill:#e6eaef\}/);
    assert.match(svg, /<path fill="#1b2127"\/><\/svg>\n$/);
  });
});

describe('scales', () => {
  it('hold every value, and have ticks inside that are not too many', () => {
    const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true }).map((exact) => Number(exact.toPrecision(3)));
    const values = fc.array(value, { minLength: 2 });
    fc.assert(
      fc.property(values, fc.constantFrom('linear' as const, 'log' as const), (numbers, scale) => {
        const { options, ticks, format } = scaleOf({ label: '', scale }, numbers, 8);
        const [low = 0, high = 0] = options.domain as number[];
        for (const value of [...numbers, ...ticks.map(Number)]) assert.ok(value >= low && value <= high);
        assert.ok(ticks.length <= 18, `${ticks.length} ticks`);
        assert.equal(new Set(ticks.map(format)).size, ticks.length);
      }),
    );
  });

  it('have one tick where one value was measured', () => {
    assert.deepEqual(scaleOf({ label: '', scale: 'linear' }, [8, 8], 5).ticks, [8]);
  });
});

describe('labels', () => {
  it('are broken at spaces, long words inside, and nothing is cut', () => {
    assert.deepEqual(wrapLabel('Proxy → TensorFlow Serving by gRPC', 22), ['Proxy → TensorFlow', 'Serving by gRPC']);
    assert.deepEqual(wrapLabel('abcdefgh', 5), ['abcde', 'fgh']);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (text, limit) => {
        assert.equal(wrapLabel(text, limit).join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
      }),
    );
  });
});
