import project from '../eslint.config.js';

/** In this checkout the examples' imports mean the sources: `tsconfig.json` beside this file says so. */
export default [
  ...project,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
];
