import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { httpOutputNames } from '../../shared/pipeline.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { type HttpAuthorization, HttpDoor } from '../http-door.ts';
import type { Contribution } from '../monitoring/contribution.ts';
import type { CommonFunctionProps } from '../pipeline-function.ts';

/** The parts of the pipeline that doors lead to. */
interface DoorProps {
  readonly configuration: Configuration;
  readonly common: CommonFunctionProps;
  readonly orders: IQueue;
  readonly table: Table;
}

/** What the doors of a stack bring. */
export interface Doors {
  readonly monitored: readonly Contribution[];
  /** Values of the stack's outputs, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Makes the doors that a configuration asks for, in a stack. Without any, the stack is what it would be without this. */
export function openDoors(stack: Construct, { configuration, common, orders, table }: DoorProps): Doors {
  if (!configuration.http) return { monitored: [], outputs: {} };
  const settings = configuration.httpDoor;
  const authorization = httpAuthorizationOf(configuration);
  const door = new HttpDoor(stack, 'Http', { ...common, settings, authorization, orders, table });
  return {
    monitored: [door.monitored],
    outputs: {
      [httpOutputNames.ordersApiUrl]: door.url,
      [httpOutputNames.acceptOrdersFunctionName]: door.acceptOrders.function.functionName,
      [httpOutputNames.trackOrdersFunctionName]: door.trackOrders.function.functionName,
      [httpOutputNames.acceptOrdersLogGroupName]: door.acceptOrders.logGroup.logGroupName,
      [httpOutputNames.trackOrdersLogGroupName]: door.trackOrders.logGroup.logGroupName,
      [httpOutputNames.httpAccessLogGroupName]: door.accessLogs.logGroupName,
    },
  };
}

function httpAuthorizationOf({ jwtIssuer: issuer, jwtAudience: audience, httpDoor }: Configuration): HttpAuthorization {
  if (issuer !== undefined) return { kind: 'jwt', issuer, audience };
  if (!httpDoor.isOpen) return { kind: 'iam' };
  return {
    kind: 'open',
    reason: 'The orders of this stack are made up, and whoever learns with them has no signature.',
  };
}
