// The CDK's validation of templates takes longer than the rest of a synthesis: one test switches it on again
// (test/lib/order-pipeline-stack.test.ts), and `cdk synth` always has it.
process.env.CDK_VALIDATION = 'false';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  // For tests that wait for processes on a busy machine; those that only compute take milliseconds.
  testTimeout: 60_000,
  // All cores: by default jest leaves one to itself, and tests of processes wait more than they compute.
  maxWorkers: '100%',
};
