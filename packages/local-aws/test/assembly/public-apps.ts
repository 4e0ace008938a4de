import { Duration, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Code,
  Function as LambdaFunction,
  FunctionUrlAuthType,
  LayerVersion,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { SqsDestination as BucketNotification } from 'aws-cdk-lib/aws-s3-notifications';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';

/** The heart of every app: a queue, and a function that consumes it. */
interface Worker {
  readonly stack: Stack;
  readonly queue: Queue;
  readonly fn: LambdaFunction;
}

/** A function on Node.js without code worth speaking of. */
function functionOf(stack: Stack, id: string): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => 1;'),
  });
}

/** What public CDK apps with a queue and a function have beside them, as CDK's constructs make it. */
export const publicApps: Readonly<Record<string, (worker: Worker) => void>> = {
  'a topic that feeds the queue and a function': ({ stack, queue, fn }) => {
    const topic = new Topic(stack, 'News');
    topic.addSubscription(new SqsSubscription(queue));
    topic.addSubscription(new LambdaSubscription(functionOf(stack, 'Listener')));
    topic.grantPublish(fn);
  },
  'an event bus with a rule that fills the queue': ({ stack, queue, fn }) => {
    const eventBus = new EventBus(stack, 'Bus');
    const rule = new Rule(stack, 'Orders', { eventBus, eventPattern: { source: ['shop'] } });
    rule.addTarget(new SqsQueue(queue));
    eventBus.grantPutEventsTo(fn);
    fn.addEnvironment('BUS', eventBus.eventBusName);
  },
  'a bucket that a function reads': ({ stack, fn }) => {
    const bucket = new Bucket(stack, 'Uploads', { enforceSSL: true });
    bucket.grantRead(fn);
    fn.addEnvironment('BUCKET', bucket.bucketName);
  },
  'a bucket that notifies the queue': ({ stack, queue }) => {
    new Bucket(stack, 'Uploads').addObjectCreatedNotification(new BucketNotification(queue));
  },
  'a state machine that a function starts': ({ stack, fn }) => {
    const step = new LambdaInvoke(stack, 'Charge', { lambdaFunction: functionOf(stack, 'Charger') });
    const machine = new StateMachine(stack, 'Checkout', { definitionBody: DefinitionBody.fromChainable(step) });
    machine.grantStartExecution(fn);
    fn.addEnvironment('MACHINE', machine.stateMachineArn);
  },
  'a table with a stream that a function reads': ({ stack }) => {
    const table = new Table(stack, 'Orders', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      stream: StreamViewType.NEW_IMAGE,
    });
    functionOf(stack, 'Follower').addEventSource(
      new DynamoEventSource(table as ITable, { startingPosition: StartingPosition.LATEST, retryAttempts: 2 }),
    );
  },
  'a REST API before a function': ({ stack, fn }) => {
    const api = new RestApi(stack, 'Api');
    api.root.addResource('orders').addMethod('POST', new LambdaIntegration(fn));
  },
  'custom resources': ({ stack, fn }) => {
    const seed = { service: 'SSM', action: 'getParameter', parameters: { Name: '/seed' } };
    const resource = new AwsCustomResource(stack, 'Seed', {
      onCreate: { ...seed, physicalResourceId: PhysicalResourceId.of('seed') },
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
    });
    fn.addEnvironment('SEED', resource.getResponseField('Parameter.Value'));
  },
  'a pipe from the queue': ({ stack, queue, fn }) => {
    const role = new Role(stack, 'PipeRole', { assumedBy: new ServicePrincipal('pipes.amazonaws.com') });
    const pipe = new CfnPipe(stack, 'Pipe', { roleArn: role.roleArn, source: queue.queueArn, target: '' });
    pipe.target = fn.functionArn;
  },
  'destinations and a layer of a function': ({ stack, queue }) => {
    const layer = new LayerVersion(stack, 'Tools', { code: Code.fromAsset(import.meta.dirname) });
    const fn = functionOf(stack, 'Reporter');
    fn.addLayers(layer);
    fn.configureAsyncInvoke({ onFailure: new SqsDestination(queue), maxEventAge: Duration.hours(1) });
  },
  'a container that works for the queue': ({ stack, queue }) => {
    const cluster = new Cluster(stack, 'Cluster');
    const task = new FargateTaskDefinition(stack, 'Task');
    task.addContainer('Work', { image: ContainerImage.fromRegistry('worker'), environment: { Q: queue.queueUrl } });
    queue.grantConsumeMessages(task.taskRole);
    const service = new FargateService(stack, 'Service', { cluster: cluster as ICluster, taskDefinition: task });
    service.autoScaleTaskCount({ maxCapacity: 2 });
  },
  'a VPC whose security group is closed, as new apps have it': ({ stack }) => {
    const vpc = new Vpc(stack, 'Net', { restrictDefaultSecurityGroup: true });
    new LambdaFunction(stack, 'Inside', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => 1;'),
      vpc: vpc as IVpc,
    }).addEnvironment('GROUP', vpc.vpcDefaultSecurityGroup);
  },
  'a function with a URL': ({ fn }) => {
    fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  },
  'a function in Python': ({ stack, queue }) => {
    const fn = new LambdaFunction(stack, 'Python', {
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline('def handler(event, context): pass'),
    });
    fn.addEventSource(new SqsEventSource(queue));
  },
};

/** The queue and the function that every app has. */
export function addWorker(stack: Stack): Worker {
  const queue = new Queue(stack, 'Work', { visibilityTimeout: Duration.seconds(60) });
  const fn = functionOf(stack, 'Worker');
  fn.addEventSource(new SqsEventSource(queue));
  return { stack, queue, fn };
}
