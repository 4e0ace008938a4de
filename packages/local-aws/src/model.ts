import type { AssemblyModel } from './assembly/model.ts';
import type { ApiGatewayModel } from './services/apigateway/model.ts';
import type { DynamodbModel } from './services/dynamodb/model.ts';
import type { EcsModel } from './services/ecs/model.ts';
import type { EventBridgeModel } from './services/eventbridge/model.ts';
import type { IamModel } from './services/iam/model.ts';
import type { KmsModel } from './services/kms/keys.ts';
import type { LambdaModel } from './services/lambda/model.ts';
import type { LogsModel } from './services/logs/resources.ts';
import type { SesModel } from './services/ses/model.ts';
import type { SnsModel } from './services/sns/model.ts';
import type { SqsModel } from './services/sqs/model.ts';

/**
 * What the runtime runs: plain data, read from a cloud assembly with every intrinsic function resolved. The contract
 * between `assembly/`, which reads it, and the services, which run it. Each service owns its part. Durations carry
 * their unit in the name.
 */
export type LocalModel = AssemblyModel &
  SqsModel &
  SnsModel &
  LambdaModel &
  DynamodbModel &
  IamModel &
  KmsModel &
  LogsModel &
  EventBridgeModel &
  ApiGatewayModel &
  EcsModel &
  SesModel;
