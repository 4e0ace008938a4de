import type { Command } from 'commander';
import { createProgram } from '../../../tools/orders/command-line.ts';

/**
 * Reads options as a command does. Like the command it throws commander's error for a mistake, whose message is what a
 * person would see.
 */
export function parsedOptions(define: (program: Command) => Command, args: readonly string[]): object {
  const silent = { write: () => {} };
  return define(createProgram('a-command', { stdout: silent, stderr: silent }))
    .parse(args, { from: 'user' })
    .opts();
}
