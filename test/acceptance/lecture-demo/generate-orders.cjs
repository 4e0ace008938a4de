const { SendMessageBatchCommand, SQSClient } = require('@aws-sdk/client-sqs');
const { v4: uuid } = require('uuid');

const sqs = new SQSClient({ region: 'eu-west-1' });

const order = (customer, rest) => ({ orderId: uuid(), customer, articles: ['book'], ...rest });

exports.handler = async () => {
  const orders = [0, 1, 2, 3, 4, 5, 7, 8, 9].map((number) => order(`User${number}`, { address: 'Main Street 1' }));
  orders.splice(6, 0, order('UserX', {}));
  const Entries = orders.map((body) => ({ Id: uuid(), MessageBody: JSON.stringify(body) }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: process.env.ORDERS_QUEUE_URL, Entries }));
  return { statusCode: 200, body: `${Entries.length} orders` };
};
