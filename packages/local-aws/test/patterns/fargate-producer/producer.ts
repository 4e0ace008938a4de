// POST /messages sends the body to the queue; GET /health is the health check.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({});
const { PORT = '8080', QUEUE_URL } = process.env;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/health') return void response.end('ok');
  const MessageBody = await text(request);
  try {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody }));
    console.log('sent', MessageBody);
    response.writeHead(202).end(MessageId);
  } catch (error) {
    console.error(error);
    response.writeHead(503).end();
  }
}

const server = createServer((request, response) => void serve(request, response));
server.listen(Number(PORT), () => console.log('ready'));
process.on('SIGTERM', () => {
  console.log('stopping');
  server.close();
});
