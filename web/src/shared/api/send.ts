import { connectionLost, reachable, unreachable } from './connection';
import { ConnectionLost, problemOf } from './problem';

/** A gateway that cannot reach the server, or the server without its database. Other 503s are answers with a reason of their own. */
async function away(response: Response): Promise<boolean> {
  if (response.status === 502 || response.status === 504) return true;
  return response.status === 503 && ['db.unavailable', 'internal'].includes((await problemOf(response)).problem.code);
}
const PROBE = '/api/v1/auth/session';

async function answers(): Promise<boolean> {
  try {
    return !(await away(await fetch(PROBE, { cache: 'no-store' })));
  } catch {
    return false;
  }
}

/** Asks once whether the server is there, for those who noticed something wrong by other means than a request. */
export async function checkConnection() {
  if (connectionLost.get()) return;
  if (await answers()) reachable();
  else unreachable(answers);
}

/** The one place where a request leaves the browser. No answer becomes `ConnectionLost`; an abort stays an abort. */
export async function send(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    unreachable(answers);
    throw new ConnectionLost();
  }
  if (await away(response)) {
    unreachable(answers);
    throw new ConnectionLost();
  }
  reachable();
  return response;
}
