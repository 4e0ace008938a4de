import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, ParameterMapping } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration, HttpSqsIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';

function inlineFunction(stack: Stack, functionName: string, code: string, queue?: Queue): LambdaFunction {
  return new LambdaFunction(stack, functionName, {
    functionName,
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(code),
    environment: queue === undefined ? {} : { QUEUE_URL: queue.queueUrl },
  });
}

/**
 * The public pattern "HTTP API to SQS": an API takes messages without a function, and a function works on them. What the
 * CDK maps by default is a member of the body; here it is the whole body.
 */
export function addHttpApiToSqs(stack: Stack): void {
  const queue = new Queue(stack, 'Jobs');
  const api = new HttpApi(stack, 'Door');
  api.addRoutes({
    path: '/jobs',
    methods: [HttpMethod.POST],
    integration: new HttpSqsIntegration('Send', {
      queue,
      parameterMapping: new ParameterMapping()
        .custom('QueueUrl', queue.queueUrl)
        .custom('MessageBody', '$request.body'),
    }),
  });
  api.addRoutes({
    path: '/members',
    methods: [HttpMethod.POST],
    integration: new HttpSqsIntegration('SendMember', { queue }),
  });
  const worker = inlineFunction(
    stack,
    'worker',
    'exports.handler = async ({ Records }) => { for (const { body } of Records) console.log("job", body); };',
  );
  worker.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
  new CfnOutput(stack, 'JobsUrl', { value: api.url ?? '' });
}

const send = `
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const sqs = new SQSClient({});
exports.handler = async ({ body }) => {
  const { order } = JSON.parse(body ?? '{}');
  if (order === undefined) return { statusCode: 400, body: JSON.stringify({ message: 'An order is needed.' }) };
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: order }));
  return { statusCode: 202, body: JSON.stringify({ MessageId }) };
};`;

/** The public pattern "API to Lambda to SQS": a function checks what comes in, behind an HTTP API and a REST API. */
export function addApiToLambdaToSqs(stack: Stack): void {
  const queue = new Queue(stack, 'Orders', { queueName: 'orders' });
  const producer = inlineFunction(stack, 'producer', send, queue);
  queue.grantSendMessages(producer);
  const api = new HttpApi(stack, 'HttpDoor');
  api.addRoutes({
    path: '/orders',
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('Produce', producer),
  });
  const rest = new LambdaRestApi(stack, 'RestDoor', { handler: producer, cloudWatchRole: true });
  new CfnOutput(stack, 'OrdersUrl', { value: api.apiEndpoint });
  new CfnOutput(stack, 'OrdersRestUrl', { value: rest.url });
  new CfnOutput(stack, 'OrdersQueue', { value: queue.queueUrl });
}

/** The public pattern "function URL": a function is its own API. */
export function addFunctionUrl(stack: Stack): void {
  const fn = inlineFunction(
    stack,
    'greeter',
    'exports.handler = async ({ rawPath }) => ({ greeting: rawPath.slice(1) });',
  );
  const url = fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  new CfnOutput(stack, 'GreeterUrl', { value: url.url });
}
