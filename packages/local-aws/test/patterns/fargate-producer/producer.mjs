// POST /messages sends the body to the queue; GET /health is the health check.
import { createServer } from 'node:http';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({});
const { PORT = '8080', QUEUE_URL } = process.env;

async function serve(request, response) {
  if (request.url === '/health') return response.end('ok');
  let MessageBody = '';
  for await (const chunk of request) MessageBody += chunk;
  try {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody }));
    console.log('sent', MessageBody);
    response.writeHead(202).end(MessageId);
  } catch (error) {
    console.error(error.name);
    response.writeHead(503).end();
  }
}

const server = createServer((request, response) => void serve(request, response));

server.listen(Number(PORT), () => console.log('ready'));
process.on('SIGTERM', () => {
  console.log('stopping');
  server.close(() => process.exit(0));
});
