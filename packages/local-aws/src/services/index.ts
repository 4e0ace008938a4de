import type { Service } from '../service.ts';
import { apiGateway } from './apigateway/service.ts';
import { cloudFormation } from './cloudformation.ts';
import { cloudWatch } from './cloudwatch/service.ts';
import { dynamodb } from './dynamodb/service.ts';
import { ecs } from './ecs/service.ts';
import { eventBridge } from './eventbridge/service.ts';
import { iam } from './iam/resources.ts';
import { kms } from './kms/keys.ts';
import { lambda } from './lambda/service.ts';
import { logs } from './logs/service.ts';
import { mailbox } from './mailbox/service.ts';
import { ses } from './ses/service.ts';
import { sns } from './sns/service.ts';
import { sqs } from './sqs/service.ts';
import { sts } from './sts.ts';

/**
 * Every service there is, in the order in which they start: a service stands behind those whose running part it uses.
 * They close in reverse order, so that functions end before the tables and queues that they call.
 */
export const services: readonly Service[] = [
  iam,
  kms,
  logs,
  mailbox,
  sqs,
  ses,
  dynamodb,
  lambda,
  sns,
  eventBridge,
  apiGateway,
  ecs,
  cloudFormation,
  sts,
  cloudWatch,
];
