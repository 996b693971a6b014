const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
};

const common = {
  rootDir: import.meta.dirname,
  runner: '<rootDir>/tools/test/lanes.mjs',
  roots: ['<rootDir>/libs'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
};

/** @type {import('jest').Config} */
export default {
  reporters: ['default', '<rootDir>/tools/test/times-reporter.mjs'],
  // Of the tests that say that they may run side by side; each starts a process.
  maxConcurrency: 2,
  testTimeout: 1_800_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['\\.engine\\.test\\.ts$', '\\.e2e\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'engine',
      testMatch: ['**/*.engine.test.ts'],
      globalSetup: '<rootDir>/libs/nx-image-matrix/test/support/install-newest.ts',
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['**/*.e2e.test.ts'],
      globalSetup: '<rootDir>/libs/nx-image-matrix/test/support/install-newest.ts',
    },
  ],
};
