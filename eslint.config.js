import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Edge files own argv, env, clocks and the console; everything else takes them as parameters (CONTRIBUTING, "Seams"). */
const EDGES = ['**/main.ts', '**/cli.ts', '**/cli/**', '**/*.test.ts', 'test/**', 'scripts/**', '*.js'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.cache/**', 'reports/**', '**/.venv/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read the environment once, in main.ts or cli.ts, through loadConfig(env).',
        },
      ],
      eqeqeq: 'error',
    },
  },
  {
    // node:test's describe/it return promises the runner itself waits for
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: ['describe', 'it', 'test', 'before', 'after', 'beforeEach', 'afterEach'].map(
            (name) => ({ from: 'package', package: 'node:test', name }),
          ),
        },
      ],
    },
  },
  { files: EDGES, rules: { 'no-console': 'off', 'no-restricted-properties': 'off' } },
  {
    // Typed arrays indexed in hot loops: a bounds test per element would cost more than the arithmetic.
    files: ['bench/src/stats/**/*.ts', 'tfserving-json/src/**/*.ts', 'runtime/src/session/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
