/** 24 of `nodejs24.x`. */
export function runtimeMajor(runtime: string): number {
  return Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? Infinity);
}
