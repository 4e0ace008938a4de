import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { accessRequest, evaluate } from 'local-aws/testing';
import { presets } from '../../lib/configuration/configuration.ts';
import { operatorProblems, operatorWarnings } from '../../lib/configuration/operators.ts';
import { OrderPipelineStack } from '../../lib/stacks/order-pipeline-stack.ts';
import { newOutputFolder } from './synthesize.ts';

const account = '111122223333';
const arn = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const anywhere = { account: undefined, partition: undefined };
const warningsOf = (resource: string) => operatorWarnings([arn(resource)], anywhere);

/** Roles of the permission set OnCall, for home regions of IAM Identity Center. */
const onCall = {
  'us-east-1': arn('role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_OnCall_0123456789abcdef'),
  'eu-west-1': arn('role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_OnCall_0123456789abcdef'),
};

/** Whether a queue's policy would let a role be an operator, by the evaluator of the local runtime. */
function isOperator(pattern: string, roleArn: string): boolean {
  const Condition = { ArnNotLike: { 'aws:PrincipalArn': [pattern] } };
  const allowed = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } as const;
  const denied = { Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', Condition }] } as const;
  const resource = `arn:aws:sqs:eu-west-1:${account}:orders`;
  const request = accessRequest({ roleArn, sessionName: 's' }, { action: 'sqs:ReceiveMessage', resource });
  return evaluate(request, [allowed], [denied]) === 'allowed';
}

const securityPage = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const documentedPatterns = [...securityPage.matchAll(/`(arn:\S+SSO\S+)`/g)].map(([, pattern]) => pattern!);

describe('operators', () => {
  test.each(['role/on-call', 'user/ops/ada@example.com', 'role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_A_*'])(
    'are roles and users, whole or in part, such as %s',
    (resource) => {
      expect(operatorProblems([arn(resource)])).toEqual([]);
      expect(warningsOf(resource)).toEqual([]);
    },
  );

  test.each([
    'arn:aws:sts::111122223333:assumed-role/on-call/ada',
    'arn:aws:iam::111122223333:root',
    'arn:aws:iam::*:role/on-call',
    'arn:aws:iam::111122223333:role/*',
    'arn:gcp:iam::111122223333:role/on-call',
    'on-call',
    '*',
  ])('are not %s, which would match nobody or everybody', (operator) => {
    expect(operatorProblems([operator])).toEqual([
      expect.stringContaining(`operators has "${operator}": it takes ARNs`),
    ]);
  });

  test.each(documentedPatterns)(
    'by the pattern of docs/security.md are of IAM Identity Center, wherever its home is: %s',
    (pattern) => {
      expect(Object.values(onCall).filter((role) => !isOperator(pattern, role))).toEqual([]);
      expect(isOperator(pattern, onCall['eu-west-1'].replace('OnCall', 'Reader'))).toBe(false);
      expect(operatorProblems([pattern])).toEqual([]);
      expect(operatorWarnings([pattern], anywhere)).toEqual([]);
    },
  );
});

const set = 'AWSReservedSSO_OnCall';
const written = `Write ${arn('role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_OnCall_*')}, which matches in every region.`;
const noRegion = 'the home region of IAM Identity Center is us-east-1';

describe('operators that can match nobody are warned of:', () => {
  test.each([
    [
      'a part of the path for the region',
      `role/aws-reserved/sso.amazonaws.com/*/${set}_*`,
      `nobody when ${noRegion}, where`,
    ],
    ['part of a region', `role/aws-reserved/sso.amazonaws.com/us-*/${set}_*`, `nobody when ${noRegion}, where`],
    [
      'the region us-east-1',
      `role/aws-reserved/sso.amazonaws.com/us-east-1/${set}_*`,
      `nobody: when ${noRegion}, the path`,
    ],
    ['no path', `role/${set}_*`, 'begins with aws-reserved/sso.amazonaws.com/.'],
    ['half of the path', `role/sso.amazonaws.com*/${set}_*`, 'begins with aws-reserved/sso.amazonaws.com/.'],
    ['no digits', `role/aws-reserved/sso.amazonaws.com*/${set}`, 'its permission set, _ and 16 digits.'],
    [
      'the name of the set alone',
      'role/aws-reserved/sso.amazonaws.com*/OnCall',
      'its permission set, _ and 16 digits.',
    ],
    ['another case', 'role/aws-reserved/sso.amazonaws.com*/awsreservedsso_OnCall_*', 'is named AWSReservedSSO_,'],
  ])('%s', (_, resource, why) => {
    const [warning, ...others] = warningsOf(resource);
    expect(others).toEqual([]);
    expect(warning).toContain(`operators has "${arn(resource)}", which matches nobody`);
    expect(warning).toContain(why);
    expect(warning).toContain('Write arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_');
    // And what it says of home regions is so.
    expect(isOperator(arn(resource), onCall['us-east-1'])).toBe(false);
  });

  test('with the ARN to write instead', () => {
    expect(warningsOf(`role/aws-reserved/sso.amazonaws.com/*/${set}_*`)[0]).toContain(written);
    expect(warningsOf(`role/${set}_0123456789abcdef`)[0]).toContain(written);
  });

  test.each([
    ['a whole ARN', onCall['us-east-1']],
    ['a whole ARN with a region', onCall['eu-west-1']],
    ['a region that somebody wrote down', arn(`role/aws-reserved/sso.amazonaws.com/eu-west-1/${set}_*`)],
    ['all permission sets of a team', arn('role/aws-reserved/*AWSReservedSSO_Team*')],
    ['any role below a path', arn('role/ops/*')],
  ])('but not %s', (_, operator) => {
    expect(operatorWarnings([operator], anywhere)).toEqual([]);
  });

  test.each([
    ['another account', 'role/on-call', { account: '444455556666' }, 'into the account 444455556666, and .*'],
    ['another partition', 'role/on-call', { partition: 'aws-cn' }, 'ARNs of this region begin with arn:aws-cn:.'],
    ['no name', 'role/on-call/', {}, 'a name must follow the last /.'],
    ['a name longer than IAM takes', `role/ops/${'r'.repeat(65)}`, {}, 'has 65 characters, of which IAM takes 64.'],
  ])('%s', (_, resource, place, why) => {
    expect(operatorWarnings([arn(resource)], { ...anywhere, ...place })).toEqual([
      expect.stringMatching(new RegExp(`^operators has "${arn(resource)}", which matches nobody: .*${why}$`)),
    ]);
  });

  test('at synthesis, where the account and the region of the stack may be known', () => {
    const operators = [arn(`role/aws-reserved/sso.amazonaws.com/*/${set}_*`)];
    const warned = (env: { readonly account?: string; readonly region?: string }) => {
      const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() });
      const { stackName } = new OrderPipelineStack(app, 'S', {
        configuration: { ...presets.production, operators },
        env,
      });
      return app
        .synth()
        .getStackByName(stackName)
        .messages.map(({ level, entry }) => `${level}: ${JSON.stringify(entry.data)}`);
    };
    expect(warned({})).toEqual([expect.stringMatching(/^warning: "operators has .* when the home region/)]);
    expect(warned({ account: '444455556666', region: 'eu-west-1' })).toEqual([
      expect.stringMatching(/^warning: "operators has .* into the account 444455556666/),
    ]);
  });
});
