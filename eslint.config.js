import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const clock = 'core has no clock of its own: ask the Clock port, so that tests and replays decide the time.';
const ids = 'core has no randomness of its own: ask the Ids port.';
const host = 'core runs in any host: reach the outside through a port.';

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'reports/',
      '**/node_modules/',
      'tests/architecture/fixtures/',
      '.dependency-cruiser.cjs',
    ],
  },
  js.configs.recommended,
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['core/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
        { selector: "CallExpression[callee.name='Date']", message: clock },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clock },
        { object: 'Math', property: 'random', message: ids },
      ],
      'no-restricted-globals': [
        'error',
        ...['process', 'console', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval'].map(
          (name) => ({
            name,
            message: host,
          }),
        ),
      ],
    },
  },
);
