import { Duration, type Stack } from 'aws-cdk-lib';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsLogDriver, Cluster, ContainerImage, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';

/**
 * The public pattern "Fargate producer to SQS": a web service on Fargate behind a load balancer takes requests and sends
 * them to a queue with its task role, which may do nothing else. It scales with its load.
 *
 * @param imageFolder the Dockerfile, and the bundle that it copies
 */
export function addFargateProducerToSqs(stack: Stack, imageFolder: string): void {
  const queue = new Queue(stack, 'Work', {
    queueName: 'work',
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(60),
  });
  const vpc = new Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
  });
  const producer = new ApplicationLoadBalancedFargateService(stack, 'Producer', {
    cluster: new Cluster(stack, 'Cluster', { vpc: vpc as IVpc, clusterName: 'producers' }) as ICluster,
    serviceName: 'producer',
    assignPublicIp: true,
    cpu: 256,
    memoryLimitMiB: 512,
    desiredCount: 1,
    circuitBreaker: { rollback: true },
    taskImageOptions: {
      image: ContainerImage.fromAsset(imageFolder),
      containerPort: 8080,
      environment: { QUEUE_URL: queue.queueUrl },
      logDriver: new AwsLogDriver({
        streamPrefix: 'producer',
        logGroup: new LogGroup(stack, 'Logs', { logGroupName: '/ecs/producer' }),
      }),
    },
    healthCheck: {
      command: [
        'CMD-SHELL',
        `node -e "fetch('http://localhost:8080/health').then(({ ok }) => process.exit(ok ? 0 : 1))"`,
      ],
      interval: Duration.seconds(10),
    },
  });
  queue.grantSendMessages(producer.taskDefinition.taskRole);
  producer.service
    .autoScaleTaskCount({ maxCapacity: 4 })
    .scaleOnCpuUtilization('Load', { targetUtilizationPercent: 60 });
  stack.exportValue(queue.queueUrl, { name: 'WorkQueue' });
}
