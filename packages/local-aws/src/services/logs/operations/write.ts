import { AwsError, type Operation, type StructureShape } from '../../../endpoint/api.ts';
import {
  findLogGroup,
  groupArn,
  type GroupReference,
  groupNotFound,
  invalidParameter,
  type LogsContext,
  missing,
  streamNotFound,
} from '../groups.ts';
import { retentionDays } from '../resources.ts';

/** Messages as recorded against AWS by LocalStack (tests/aws/services/logs). */
const alreadyExists = (what: 'group' | 'stream') =>
  new AwsError('ResourceAlreadyExistsException', `The specified log ${what} already exists`);

const names = { logGroupName: 'string', logStreamName: 'string' } as const;

interface Named extends GroupReference {
  readonly logStreamName?: string;
  readonly retentionInDays?: number;
}

/** What the operations that write have in common: their input, and the permission that is asked on the group or stream. */
function writing(
  context: LogsContext,
  action: string,
  members: StructureShape['members'],
  run: (input: Named, context: LogsContext) => void,
): Operation {
  return {
    input: { members: { ...names, ...members } },
    permissions: ({ logGroupName = '', logStreamName = '' }: Named) => [
      { action: `logs:${action}`, resource: `${groupArn(context, logGroupName)}:log-stream:${logStreamName}` },
    ],
    run(input: Named) {
      run(input, context);
      return {};
    },
  };
}

/** Groups and streams that a client makes. Those of the functions make themselves. */
export const writingOperations = (context: LogsContext): Readonly<Record<string, Operation>> => ({
  CreateLogGroup: writing(context, 'CreateLogGroup', { kmsKeyId: 'string', logGroupClass: 'string' }, createLogGroup),
  CreateLogStream: writing(context, 'CreateLogStream', {}, createLogStream),
  DeleteLogGroup: writing(context, 'DeleteLogGroup', {}, deleteLogGroup),
  DeleteLogStream: writing(context, 'DeleteLogStream', {}, deleteLogStream),
  DeleteRetentionPolicy: writing(context, 'DeleteRetentionPolicy', {}, (input) => {
    findLogGroup(context, input).retentionDays = undefined;
  }),
  PutLogEvents: putLogEvents(context),
  PutRetentionPolicy: writing(context, 'PutRetentionPolicy', { retentionInDays: 'integer' }, putRetentionPolicy),
});

function createLogGroup({ logGroupName: name }: Named, { store }: LogsContext): void {
  const checked = checkName('logGroupName', name, /^[.\-_/#A-Za-z0-9]+$/, '[\\.\\-_/#A-Za-z0-9]+');
  if (store.group(checked) !== undefined) throw alreadyExists('group');
  store.create(checked);
}

function createLogStream(input: Named, context: LogsContext): void {
  const group = findLogGroup(context, input);
  const name = checkName('logStreamName', input.logStreamName, /^[^:*]+$/, '[^:*]*');
  if (group.stream(name) !== undefined) throw alreadyExists('stream');
  group.createStream(name, context.store.now());
}

function deleteLogGroup(input: Named, context: LogsContext): void {
  context.store.delete(findLogGroup(context, input).name);
}

function deleteLogStream(input: Named, context: LogsContext): void {
  const group = findLogGroup(context, input);
  if (input.logStreamName === undefined) throw missing('logStreamName');
  if (!group.deleteStream(input.logStreamName)) throw streamNotFound();
}

function putRetentionPolicy(input: Named, context: LogsContext): void {
  const days = input.retentionInDays;
  if (days === undefined) throw missing('retentionInDays');
  if (!retentionDays.includes(days)) {
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDays.join(', ')}]`,
    );
  }
  findLogGroup(context, input).retentionDays = days;
}

function checkName(member: string, name: string | undefined, pattern: RegExp, documented: string): string {
  if (name === undefined) throw missing(member);
  const rule =
    name.length > 512
      ? 'Member must have length less than or equal to 512'
      : name === ''
        ? 'Member must have length greater than or equal to 1'
        : `Member must satisfy regular expression pattern: ${documented}`;
  if (name.length <= 512 && pattern.test(name)) return name;
  throw invalidParameter(
    `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

interface PutLogEventsInput extends Named {
  readonly logEvents?: readonly { readonly timestamp?: number; readonly message?: string }[];
}

const dayMs = 86_400_000;

/** Limits of PutLogEvents (Logs API reference): a batch has 1 MiB, with 26 bytes for each event beside its text. */
const batchLimits = { events: 10_000, bytes: 1_048_576, bytesForEach: 26, spanMs: dayMs } as const;

/** Events that are older or lie further ahead are not kept, and the answer says which (ibid.). */
const acceptedAge = { oldMs: 14 * dayMs, aheadMs: 7_200_000 } as const;

/** The sequence token is told, as on AWS, and like there nobody needs it any more. */
const sequenceToken = '49600000000000000000000000000000000000000000000000000000';

function putLogEvents(context: LogsContext): Operation {
  const { permissions } = writing(context, 'PutLogEvents', {}, () => {});
  return {
    input: {
      members: {
        ...names,
        logEvents: { list: { members: { timestamp: 'integer', message: 'string' } } },
        sequenceToken: 'string',
      },
    },
    ...(permissions !== undefined && { permissions }),
    run(input: PutLogEventsInput) {
      if (input.logGroupName === undefined) throw missing('logGroupName');
      const group = context.store.group(input.logGroupName);
      if (group === undefined) throw groupNotFound();
      const { logStreamName: streamName } = input;
      if (streamName === undefined) throw missing('logStreamName');
      if (group.stream(streamName) === undefined) throw streamNotFound();
      const events = checkEvents(input.logEvents);
      const nowMs = context.store.now();
      const tooOld = events.filter(({ timestamp }) => timestamp < nowMs - acceptedAge.oldMs).length;
      const firstTooNew = events.findIndex(({ timestamp }) => timestamp > nowMs + acceptedAge.aheadMs);
      const accepted = events.slice(tooOld, firstTooNew === -1 ? undefined : firstTooNew);
      for (const { timestamp, message } of accepted) group.append(streamName, timestamp, message);
      const rejected = {
        ...(firstTooNew !== -1 && { tooNewLogEventStartIndex: firstTooNew }),
        ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
      };
      return {
        nextSequenceToken: sequenceToken,
        ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
      };
    },
  };
}

function checkEvents(given: PutLogEventsInput['logEvents']): { timestamp: number; message: string }[] {
  if (given === undefined) throw missing('logEvents');
  const events = given.map(({ timestamp, message }, index) => {
    const member = `logEvents.${index + 1}.member`;
    if (timestamp === undefined) throw missing(`${member}.timestamp`);
    if (message === undefined) throw missing(`${member}.message`);
    return { timestamp, message };
  });
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + batchLimits.bytesForEach, 0);
  const [first, last] = [events[0]?.timestamp ?? 0, events.at(-1)?.timestamp ?? 0];
  if (events.length === 0 || events.length > batchLimits.events) {
    const bound = events.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${batchLimits.events}`;
    throw invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (bytes > batchLimits.bytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${batchLimits.bytes}`);
  }
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? timestamp))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if (last - first > batchLimits.spanMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  return events;
}
