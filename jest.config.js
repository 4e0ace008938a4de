import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

// The CDK's validation of templates takes longer than the rest of a synthesis: one test switches it on again
// (test/lib/order-pipeline-stack.test.ts), and `cdk synth` always has it.
process.env.CDK_VALIDATION = 'false';

// Tests start the commands some hundred times. Node keeps their compiled code for the next start, by its content.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/node-compile-cache', import.meta.url));

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/packages'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  runtime: '<rootDir>/test/runner/shared-packages.ts',
  // The limit ends what would never end, and measures nothing: a test of processes that takes 30 s on an idle machine
  // takes some minutes on a busy one. Longer than the patience of a single wait (eventually of local-aws/testing).
  testTimeout: 180_000,
  globalSetup: '<rootDir>/test/runner/assemblies-of-this-run.ts',
  testSequencer: '<rootDir>/test/runner/longest-first.ts',
  // More than there are cores: tests of processes wait more than they compute.
  maxWorkers: availableParallelism() + 1,
  // A worker that has grown is replaced by a new one: each test file leaves memory behind, because jest cannot free ES
  // modules. At the end, the system took more than half a second to free 1.3 GB, and jest then says that "a worker
  // process has failed to exit gracefully", although nothing was left open.
  workerIdleMemoryLimit: '600MB',
};
