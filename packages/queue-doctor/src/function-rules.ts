import type { Facts, Finding, FunctionFacts, MappingFacts, MeasuredRun } from './facts.ts';

/** Share of a limit. Above it, an unlucky invocation reaches the limit. */
const tightShare = 0.8;
/** Fewer invocations can show that a function needs more, but not that it needs less. */
const invocationsToJudgeBy = 100;
/** Timeouts up to this are never called generous. */
const shortTimeoutSeconds = 30;
const generousFactor = 20;
/** One vCPU (Lambda Developer Guide, "Configure Lambda function memory"). More helps only code with several threads. */
const oneCpuMb = 1_769;

/** What is wrong with a function: by its settings, and by what its invocations took. */
export function functionFindings(fn: FunctionFacts, { mappings }: Facts): readonly Finding[] {
  const feeding = mappings.filter((mapping) => mapping.function === fn && mapping.enabled);
  return [
    ...reservedConcurrencyTooLow(fn, feeding),
    ...(fn.measured === undefined || fn.measured.invocations === 0
      ? []
      : [...timeout(fn, fn.measured, feeding.length > 0), ...memory(fn, fn.measured)]),
  ];
}

/** Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings". */
function reservedConcurrencyTooLow(fn: FunctionFacts, feeding: readonly MappingFacts[]): readonly Finding[] {
  const reserved = fn.reservedConcurrency;
  if (reserved === null || reserved === undefined || feeding.length === 0) return [];
  const consequence =
    'the mapping receives messages that it cannot hand on, and these use up their receives unprocessed';
  const unbounded = feeding.find(({ maximumConcurrency }) => maximumConcurrency === null);
  if (unbounded !== undefined) {
    return [
      {
        code: 'reserved-concurrency-too-low',
        severity: 'warning',
        subject: fn,
        what: `${fn.name} has a reserved concurrency of ${reserved}, which ${unbounded.name} does not know of, having no maximum concurrency: ${consequence}.`,
        mend: `Give the mapping a maximum concurrency, and reserve as much or more (2 is the least a mapping takes).`,
      },
    ];
  }
  const wanted = feeding.reduce((sum, { maximumConcurrency }) => sum + (maximumConcurrency ?? 0), 0);
  if (reserved >= wanted) return [];
  return [
    {
      code: 'reserved-concurrency-too-low',
      severity: 'error',
      subject: fn,
      what: `${fn.name} has a reserved concurrency of ${reserved}, below the maximum concurrency of ${wanted} of ${feeding.length === 1 ? 'its mapping' : 'its mappings together'}: ${consequence}.`,
      mend: `Reserve ${wanted} or more, or lower the maximum concurrency.`,
    },
  ];
}

/**
 * New accounts have far less than the 1,000 of others, often 10 (Lambda Developer Guide, "Lambda quotas"). A mapping
 * without a maximum of its own is left out: it takes whatever there is.
 */
export function accountConcurrencyTooLow({ functions, mappings, unreservedConcurrency }: Facts): readonly Finding[] {
  if (unreservedConcurrency === undefined) return [];
  const sharing = mappings.filter((mapping) => mapping.enabled && mapping.function?.reservedConcurrency === null);
  const byMappings = sharing.reduce((sum, { maximumConcurrency }) => sum + (maximumConcurrency ?? 0), 0);
  const fed = new Set(sharing.map((mapping) => mapping.function));
  const others = functions.filter((fn) => fn.reservedConcurrency === null && !fed.has(fn)).length;
  const [largest] = sharing.toSorted((a, b) => (b.maximumConcurrency ?? 0) - (a.maximumConcurrency ?? 0));
  const wanted = byMappings + others;
  if (largest === undefined || byMappings === 0 || unreservedConcurrency >= wanted) return [];
  return [
    {
      code: 'account-concurrency-too-low',
      severity: 'warning',
      subject: largest,
      what: `The account lets ${unreservedConcurrency} invocations run at a time, of all its functions without a reserved concurrency, and this stack may want ${wanted} (the maximum concurrency of its mappings is ${byMappings} together): Lambda throttles what is above, and throttled messages use up their receives unprocessed.`,
      mend: `Ask AWS for a higher quota (Service Quotas, AWS Lambda, Concurrent executions), or lower the maximum concurrency of ${largest.name}.`,
    },
  ];
}

function timeout(fn: FunctionFacts, measured: MeasuredRun, fedByQueue: boolean): readonly Finding[] {
  const { invocations, longestMs, timeouts } = measured;
  const { timeoutSeconds } = fn;
  if (timeouts > 0) {
    return [
      {
        code: 'timed-out',
        severity: 'error',
        subject: fn,
        what: `${timeouts} of ${invocations} invocations of ${fn.name} ran into its timeout${timeoutSeconds === undefined ? '' : ` of ${timeoutSeconds} s`}: their batches failed as a whole.`,
        mend: 'Look for what they waited for; then set the timeout higher, or the batch size lower.',
      },
    ];
  }
  // Without a queue no messages wait for the function: it may use all of its time.
  if (timeoutSeconds === undefined || !fedByQueue) return [];
  const longest = `the longest of ${invocations} invocations of ${fn.name} took ${seconds(longestMs)}`;
  if (longestMs > tightShare * timeoutSeconds * 1_000) {
    return [
      {
        code: 'timeout-tight',
        severity: 'warning',
        subject: fn,
        what: `The timeout is ${timeoutSeconds} s, and ${longest}: the next slow batch fails as a whole.`,
        mend: 'Set the timeout higher, or the batch size lower.',
      },
    ];
  }
  const farBelow = longestMs * generousFactor < timeoutSeconds * 1_000;
  if (invocations < invocationsToJudgeBy || timeoutSeconds <= shortTimeoutSeconds || !farBelow) return [];
  return [
    {
      code: 'timeout-generous',
      severity: 'warning',
      subject: fn,
      what: `The timeout is ${timeoutSeconds} s, and ${longest}: messages of a batch that crashed stay hidden for six timeouts, ${6 * timeoutSeconds} s.`,
      mend: `Set the timeout to ${Math.max(shortTimeoutSeconds, Math.ceil((longestMs * generousFactor) / 1_000))} s, and the visibility timeout with it.`,
    },
  ];
}

function memory(fn: FunctionFacts, measured: MeasuredRun): readonly Finding[] {
  const { invocations, mostMemoryMb, outOfMemory } = measured;
  const { memoryMb } = fn;
  if (outOfMemory > 0) {
    return [
      {
        code: 'out-of-memory',
        severity: 'error',
        subject: fn,
        what: `${outOfMemory} of ${invocations} invocations of ${fn.name} ran out of memory${memoryMb === undefined ? '' : ` (${memoryMb} MB)`}: their batches failed as a whole.`,
        mend: 'Set the memory higher, or the batch size lower.',
      },
    ];
  }
  if (memoryMb === undefined) return [];
  const used = `${fn.name} has ${memoryMb} MB and used ${mostMemoryMb} MB at most in ${invocations} invocations`;
  if (mostMemoryMb > tightShare * memoryMb) {
    return [
      {
        code: 'memory-tight',
        severity: 'warning',
        subject: fn,
        what: `${used}: a larger batch runs out of it.`,
        mend: `Set the memory to ${Math.ceil(mostMemoryMb / tightShare / 64) * 64} MB or more.`,
      },
    ];
  }
  if (invocations < invocationsToJudgeBy || memoryMb <= oneCpuMb || mostMemoryMb * 2 >= memoryMb) return [];
  return [
    {
      code: 'memory-unused',
      severity: 'warning',
      subject: fn,
      what: `${used}: ${oneCpuMb.toLocaleString('en')} MB are one vCPU, and more than one helps only code with several threads.`,
      mend: `Set the memory to ${Math.max(oneCpuMb, mostMemoryMb * 2)} MB or less.`,
    },
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
