/** The ARN that a role's session has as a caller: `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
export function assumedRoleArn(roleArn: string, sessionName: string | undefined): string {
  const [, partition = 'aws', , , accountId = '', roleAndPath = ''] = roleArn.split(':');
  const roleName = roleAndPath.split('/').at(-1) ?? '';
  return `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName ?? roleName}`;
}
