import { Annotations, type Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/**
 * Why queue policies would not take operators, or would let everybody in: a sentence for each problem.
 *
 * The policies compare operators with aws:PrincipalArn. For a session this is the ARN of its role, path included (IAM
 * User Guide, "AWS global condition context keys"). The ARN of an assumed role, which `aws sts get-caller-identity`
 * answers, would match nobody, and `*` would match everybody. The account must be named; the policies deny all other
 * accounts anyway.
 */
export function operatorProblems(operators: readonly string[]): readonly string[] {
  const malformed = operators
    .filter((operator) => !/^arn:aws[\w-]*:iam::\d{12}:(role|user)\/[\w+=,.@*?/-]*\w[\w+=,.@*?/-]*$/.test(operator))
    .map(
      (operator) =>
        `operators has "${operator}": it takes ARNs such as arn:aws:iam::111122223333:role/on-call, for a session that of its role.`,
    );
  return [...malformed, ...tooMany(operators)];
}

/** Longest policy of a queue (SQS Developer Guide, "Amazon SQS policy quotas"). */
const policyLimitBytes = 8_192;
/** The policy of bad-orders, which is the longest, without operators and with the longest names. A test measures it. */
const besideOperatorsBytes = 1_600;

/** Each operator stands in two statements of that policy, with quotes and a comma. */
function tooMany(operators: readonly string[]): readonly string[] {
  const bytes = operators.reduce((sum, operator) => sum + 2 * (operator.length + 3), 0);
  const limitBytes = policyLimitBytes - besideOperatorsBytes;
  if (bytes <= limitBytes) return [];
  return [
    `operators are ${operators.length} ARNs of ${bytes} bytes in the policy of bad-orders, where SQS leaves room for ${limitBytes}: name fewer, or several by one with * or ?.`,
  ];
}

/** Where a stack will be deployed. Undefined: only the deployment knows. */
export interface DeploymentPlace {
  readonly account: string | undefined;
  readonly partition: string | undefined;
}

/**
 * A warning for each operator that can match nobody, and how to mend the ARN. AWS takes such an ARN, and the operator
 * learns of it on the day when messages have to be redriven.
 *
 * @param operators ARNs without `operatorProblems`
 */
export function operatorWarnings(operators: readonly string[], place: DeploymentPlace): readonly string[] {
  return operators.flatMap((operator) => {
    const why = whyNobody(operator, place);
    return why === undefined ? [] : [`operators has "${operator}", which matches nobody${why}`];
  });
}

/** `operatorWarnings` as warnings of the CDK, which `cdk synth` prints. */
export function warnOfOperators(stack: Stack, operators: readonly string[]): void {
  const place = { account: known(stack.account), partition: known(stack.partition) };
  for (const warning of operatorWarnings(operators, place)) {
    Annotations.of(stack).addWarningV2('order-pipeline:operators', warning);
  }
}

/** Longest name of a role or a user (IAM User Guide, "IAM and AWS STS quotas"). */
const longestName = 64;

/** How the sentence goes on; undefined where the ARN can match somebody. */
function whyNobody(operator: string, { account, partition }: DeploymentPlace): string | undefined {
  const [, itsPartition, , , itsAccount, resource = ''] = operator.split(':');
  const name = resource.split('/').at(-1)!;
  if (account !== undefined && itsAccount !== account) {
    return `: the stack is deployed into the account ${account}, and the queues' policies deny all others.`;
  }
  if (partition !== undefined && itsPartition !== partition) {
    return `: ARNs of this region begin with arn:${partition}:.`;
  }
  if (name === '') return ': a name must follow the last /.';
  const letters = name.replaceAll('*', '').length;
  if (letters > longestName) return `: its name has ${letters} characters, of which IAM takes ${longestName}.`;
  return /AWSReservedSSO|aws-reserved|sso\.amazonaws/i.test(resource)
    ? whyNoPermissionSet(operator, resource)
    : undefined;
}

/** Path of the roles that IAM Identity Center makes. In another home region than us-east-1, its name follows. */
const identityCenterPath = 'role/aws-reserved/sso.amazonaws.com';

/**
 * A role of IAM Identity Center is named AWSReservedSSO_, its permission set, and 16 hexadecimal digits that change when
 * the set is assigned anew (IAM Identity Center User Guide, "Referencing permission sets in resource policies"). Its
 * path ends in Identity Center's home region, except in us-east-1 (AWS Security Blog, "How to use trust policies with
 * IAM roles").
 */
function whyNoPermissionSet(operator: string, resource: string): string | undefined {
  const name = resource.split('/').at(-1)!;
  const [, set = 'NAME'] = /AWSReservedSSO_([\w+=,.@-]+?)(?:_\*|_[\da-f]{16}|_?\**)$/.exec(name) ?? [];
  const wanted = `${operator.slice(0, -resource.length)}${identityCenterPath}*/AWSReservedSSO_${set}_*`;
  const mend = `Write ${wanted}, which matches in every region.`;

  if (!canBePermissionSet(name)) {
    return `: a role of IAM Identity Center is named AWSReservedSSO_, its permission set, _ and 16 digits. ${mend}`;
  }
  const pattern = globExpression(resource);
  const ofName = name.replaceAll('*', '').replaceAll('?', 'a');
  if (pattern.test(`${identityCenterPath}/${ofName}`)) return undefined;
  const regions = RegionInfo.regions.map((region) => region.name).filter((region) => region !== 'us-east-1');
  const given = /sso\.amazonaws\.com\/([a-z\d-]+)\//.exec(resource)?.[1];
  if (given === 'us-east-1') {
    return `: when the home region of IAM Identity Center is us-east-1, the path of its roles has no region. ${mend}`;
  }
  if (given === undefined && regions.some((region) => pattern.test(`${identityCenterPath}/${region}/${ofName}`))) {
    return ` when the home region of IAM Identity Center is us-east-1, where the path of its roles has no region. ${mend}`;
  }
  if (given !== undefined && pattern.test(`${identityCenterPath}/${given}/${ofName}`)) return undefined;
  return `: the path of the roles of IAM Identity Center begins with aws-reserved/sso.amazonaws.com/. ${mend}`;
}

/** Whether a name, or a pattern of names, can be that of a role of IAM Identity Center. */
function canBePermissionSet(name: string): boolean {
  const prefix = 'AWSReservedSSO_';
  const [head = '', ...others] = name.split(/[*?]/);
  const tail = others.at(-1);
  if (tail === undefined) return /^AWSReservedSSO_.+_[\da-f]{16}$/.test(name);
  return (head.startsWith(prefix) || prefix.startsWith(head)) && /(?:^|_)[\da-f]{0,16}$/.test(tail);
}

/**
 * `*` and `?` as ArnNotLike takes them: `*` stands for any characters, `/` included, and `?` for a single character (IAM
 * User Guide, "ARN condition operators").
 */
function globExpression(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** Undefined for what only the deployment knows. */
function known(value: string): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
