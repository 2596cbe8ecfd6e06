/** The arrows of docs/architecture.md: A -> B means A may import B; nothing else is allowed. */
const ARROWS = {
  protos: [],
  http2: [],
  'serving-kit': [],
  'predict-json': ['serving-kit'],
  'tfserving-json': [],
  runtime: ['protos'],
  setup: ['runtime'],
  'flask-style-server': ['serving-kit', 'predict-json', 'runtime'],
  'tfserving-proxy': ['serving-kit', 'predict-json', 'protos', 'tfserving-json', 'http2'],
  'tfserving-standin': ['runtime', 'protos', 'tfserving-json', 'http2'],
  bench: ['protos', 'http2', 'serving-kit', 'tfserving-json'],
  test: [
    'protos',
    'http2',
    'serving-kit',
    'tfserving-json',
    'runtime',
    'flask-style-server',
    'tfserving-proxy',
    'tfserving-standin',
    'bench',
  ],
};
const packages = Object.keys(ARROWS);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...packages.map((from) => ({
      name: `arrows-of-${from}`,
      severity: 'error',
      from: { path: `^${from}/` },
      to: { path: `^(${packages.filter((to) => to !== from && !ARROWS[from].includes(to)).join('|')})/` },
    })),
    {
      name: 'bench-knows-only-the-contract',
      comment: 'bench starts servers as processes or containers; of serving-kit it may use the contract only',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^serving-kit/', pathNot: '^serving-kit/(src|dist)/contract/' },
    },
    {
      name: 'contract-imports-only-zod',
      severity: 'error',
      from: { path: '^serving-kit/src/contract/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^serving-kit/src/contract/', 'node_modules/zod/'] },
    },
    {
      name: 'nothing-downstream-of-samples-imports-upstream',
      comment: 'a report can be made again from the files alone',
      severity: 'error',
      from: {
        path: [
          '^bench/src/(samples|stats|words|questions|judge|analysis|report)/',
          '^bench/src/observations/[^/]+/record[.]ts$',
        ],
        pathNot: '[.]test[.]ts$',
      },
      to: { path: '^bench/src/(contestants|load|run|requests|resources|commands)/' },
    },
    {
      name: 'no-deep-imports-between-packages',
      severity: 'error',
      from: { path: '^([^/]+)/src/' },
      to: {
        path: '^[^/]+/(src|dist)/',
        pathNot: ['^$1/', '/(src|dist)/index[.]', '^serving-kit/(src|dist)/contract/index[.]'],
      },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '(^|/)dist/.*[.]tsbuildinfo$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
