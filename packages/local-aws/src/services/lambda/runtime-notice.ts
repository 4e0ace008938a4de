import type { FunctionModel } from './model.ts';

/** Says which functions run on another Node.js here than on AWS; undefined when none does. */
export function runtimeNotice(functions: readonly FunctionModel[], localVersion: string): string | undefined {
  const localMajor = /^v(\d+)/.exec(localVersion)?.[1] ?? '';
  const foreign = functions.filter(({ runtime }) => runtime !== `nodejs${localMajor}.x`);
  if (foreign.length === 0) return undefined;
  const names = foreign.map(({ name, runtime }) => `${name} (${runtime})`).join(', ');
  return `Functions run on this machine's Node.js ${localMajor}, whatever runtime they declare: ${names}.`;
}
