import { describe, expect, test } from '@jest/globals';
import { configurationProblems } from '../../lib/configuration/validate.ts';
import { presets } from '../../lib/configuration/configuration.ts';
import { synthesize } from './synthesize.ts';

const partition = 'aws-us-gov';
const account = '111122223333';
const queueArn = `arn:${partition}:sqs:ap-southeast-1:${account}:${'q'.repeat(80)}`;
// IAM User Guide, "IAM and AWS STS quotas": names of roles have 64 characters at most.
const roleArn = `arn:${partition}:iam::${account}:role/${'r'.repeat(64)}`;

const operatorsOf = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) =>
    `arn:${partition}:iam::${account}:role/${index}-`.padEnd(length - '/on-call'.length, 'x').concat('/on-call'),
  );
const problems = (operators: readonly string[]) => configurationProblems({ ...presets.production, operators });

/** Bytes of each queue's policy, with names as long as AWS takes them. */
function policySizes(operators: readonly string[]): readonly number[] {
  const template = synthesize('production', { operators: operators.join(',') });
  return Object.values(template.findResources('AWS::SQS::QueuePolicy')).map((policy) => {
    const { Properties } = policy as { readonly Properties: { readonly PolicyDocument: object } };
    const document = JSON.stringify(Properties.PolicyDocument)
      .replaceAll(/\{"Fn::GetAtt":\["\w*Queues\w+","Arn"\]\}/g, JSON.stringify(queueArn))
      .replaceAll(/\{"Fn::GetAtt":\["\w+Role\w+","Arn"\]\}/g, JSON.stringify(roleArn))
      .replaceAll('{"Ref":"AWS::AccountId"}', JSON.stringify(account));
    expect(document).not.toMatch(/"Fn::|"Ref"/);
    return Buffer.byteLength(document);
  });
}

describe('the policies of the queues', () => {
  test.each([
    ['a few long ARNs', 256],
    ['many short ones', 60],
  ])('have no more than SQS takes with as many operators as are let in: %s', (_what, length) => {
    const counts = Array.from({ length: 100 }, (_, index) => index + 1);
    const most = counts.findLast((count) => problems(operatorsOf(count, length)).length === 0)!;
    const longest = Math.max(...policySizes(operatorsOf(most, length)));
    expect(longest).toBeLessThanOrEqual(8_192);
    // Nor is much refused that SQS would take.
    expect(longest + 2 * (length + 3)).toBeGreaterThan(8_192 - 32);
    expect(problems(operatorsOf(most + 1, length))).toEqual([
      `operators are ${most + 1} ARNs of ${2 * (most + 1) * (length + 3)} bytes in the policy of bad-orders, where SQS leaves room for 6592: name fewer, or several by one with * or ?.`,
    ]);
  });
});
