// A receiver of webhooks for the journeys, at an address that the server is permitted to call (`./dev browser` says so), and
// endpoints for those who look at screens.
import crypto from 'node:crypto';
import http from 'node:http';
import { BASE } from './browser.mjs';

const PORT = 7391;
export const RECEIVER = `http://127.0.0.1:${PORT}`;

/** Keeps what comes, and answers with the status of the moment. */
export async function receive() {
  const calls = [];
  const receiver = { calls, status: 200 };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(receiver.status).end();
    });
  });
  await new Promise((done, failed) => server.once('error', failed).listen(PORT, '127.0.0.1', done));
  receiver.close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
  return receiver;
}

/** Whether a call was signed with this secret, as Standard Webhooks says it. */
export function isSigned({ headers, body }, secret) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const right = `v1,${crypto.createHmac('sha256', key).update(signed).digest('base64')}`;
  return headers['webhook-signature'].split(' ').includes(right);
}

/** Two endpoints, one of them disabled and one with something in its log, unless there are some. */
export async function addWebhooks(request) {
  const post = async (path, data = {}) => {
    const answer = await request.post(`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const { items } = await (await request.get(`${BASE}/api/v1/webhook-endpoints`)).json();
  if (items.length) return;
  const { endpoint } = await post('/webhook-endpoints', { url: `${RECEIVER}/erp`, description: 'ERP', events: ['staff.joined', 'staff.removed'] });
  await post(`/webhook-endpoints/${endpoint.id}/test`);
  const other = await post('/webhook-endpoints', { url: 'https://reports.example.com/hooks', events: ['scheduling.*'] });
  await post(`/webhook-endpoints/${other.endpoint.id}/disable`, { version: 1 });
}
