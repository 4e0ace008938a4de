import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAssembly, type RoleModel } from 'local-aws';
import { exampleOrder, exampleUserX } from '../../shared/order/example-order.ts';
import { Assemblies, running } from './running-assembly.ts';

const assemblies = new Assemblies();
let whole: string;

beforeAll(async () => {
  // With a key of the account, for that takes all that production takes, and more.
  whole = await assemblies.whole({ preset: 'production', customerManagedKey: 'true' });
});

afterAll(() => assemblies.dispose());

/** What this machine cannot tell the need of: logs are kept whether or not a role may write them. */
const untold = /^logs:/;

/** `role: action on resource`, all that roles may do. */
function granted(roles: readonly RoleModel[]): string[] {
  return roles.flatMap(({ name, policies }) =>
    policies
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Action = [], Resource = [] }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
      )
      .filter(({ action }) => !untold.test(action))
      .map(({ action, resource }) => told(name, action, resource)),
  );
}

const told = (role: string, action: string, resource: string) => `${role}: ${action.toLowerCase()} on ${resource}`;

/** The same, of what a text says that roles were denied. */
function denied(text: string): string[] {
  const denials = /assumed-role\/([^/]+)\/\S+ is not authorized to perform: (\S+) on resource: (\S+)/g;
  return [...text.matchAll(denials)].map(([, role = '', action = '', resource = '']) => told(role, action, resource));
}

/** What makes the functions do all that they can: good orders, a bad one and two with one id. */
const messages = [exampleOrder(0, 'twice'), exampleOrder(1, 'twice'), exampleUserX(2)].map((body) => ({
  MessageBody: JSON.stringify(body),
}));

test('each function needs all that its role may do, and may do all that it needs', async () => {
  const needed = new Set<string>();

  // With no permission at all, and denials told but not enforced: what is denied is what is needed.
  {
    await using pipeline = await running(
      assemblies.changed(whole, () => []),
      'audit',
    );
    await pipeline.produce({ count: 10 });
    for (const message of messages) await pipeline.send(message);
    await pipeline.until(() => pipeline.deleted() >= 10 + messages.length);
    for (const denial of denied(pipeline.notices().join('\n'))) needed.add(denial);
  }

  // failed-orders says when a failure comes back only when it could not write it down.
  {
    const unable = ['dynamodb:UpdateItem', 'sqs:ChangeMessageVisibility'];
    const assembly = assemblies.changed(whole, (actions, policyId) =>
      policyId.startsWith('FailedOrders') ? actions.filter((action) => !unable.includes(action)) : actions,
    );
    await using pipeline = await running(assembly, 'enforce');
    await pipeline.send({ MessageBody: 'no JSON' });
    await pipeline.until(() => pipeline.logged('not authorized to perform: sqs:changemessagevisibility') > 0);
    for (const denial of denied(pipeline.logLines().join('\n'))) needed.add(denial);
  }

  const { roles } = readAssembly(whole, { endpointUrl: 'http://127.0.0.1:4566', codeRoot: whole });
  expect([...needed].toSorted()).toEqual([...new Set(granted(roles))].toSorted());
});
