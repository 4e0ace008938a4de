import { refusedByAws } from '../../assembly/error-codes.ts';
import type { AssemblyModel } from '../../assembly/model.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { allowsService } from '../iam/evaluate.ts';
import type { IamModel } from '../iam/model.ts';
import type { EcsModel, TaskDefinitionModel } from './model.ts';

const tasksPrincipal = 'ecs-tasks.amazonaws.com';

/** What the awslogs driver needs (ECS Developer Guide, "Amazon ECS task execution IAM role"). */
const loggingActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Roles of the stacks must trust ECS's tasks, and the execution role must be allowed to write the logs: tasks would not
 * start on AWS.
 *
 * @throws {LocalRuntimeError} `REFUSED_BY_AWS`
 */
export function checkTaskRoles(model: AssemblyModel & EcsModel & IamModel, authorizer: Authorizer): void {
  for (const definition of model.taskDefinitions) {
    checkTrust(definition, model);
    checkLogging(definition, model, authorizer);
  }
}

function checkTrust(
  { taskRoleArn, executionRoleArn, stack, logicalId }: TaskDefinitionModel,
  { roles }: IamModel,
): void {
  for (const [property, arn] of Object.entries({ TaskRoleArn: taskRoleArn, ExecutionRoleArn: executionRoleArn })) {
    const role = roles.find((one) => one.arn === arn);
    if (role?.trustPolicy === undefined) continue;
    const request = { action: 'sts:AssumeRole', resource: role.arn, context: {} };
    if (allowsService([role.trustPolicy], tasksPrincipal, request)) continue;
    throw refusedByAws(
      'ClientException',
      `ECS was unable to assume the role '${role.arn}' that was provided for this task.`,
      `Let the trust policy of ${role.logicalId} allow sts:AssumeRole to ${tasksPrincipal}.`,
      { stack, logicalId, property: `/Properties/${property}` },
    );
  }
}

function checkLogging(
  { containers, executionRoleArn: roleArn, stack, logicalId }: TaskDefinitionModel,
  { region, accountId }: AssemblyModel,
  authorizer: Authorizer,
): void {
  for (const { name, logs } of containers) {
    if (logs === undefined || roleArn === undefined) continue;
    const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logs.groupName}:log-stream:${logs.streamPrefix}/${name}/task`;
    const denial = loggingActions.flatMap((action) => authorizer.lacks({ roleArn }, { action, resource }) ?? [])[0];
    if (denial === undefined) continue;
    throw refusedByAws(
      'ResourceInitializationError',
      `failed to validate logger args: ${denial.error.message}`,
      `Grant ${denial.action} on the log group to the execution role (logGroup.grantWrite).`,
      { stack, logicalId, property: '/Properties/ExecutionRoleArn' },
    );
  }
}
