import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf } from './problem';
import type { paths } from './schema.gen';
import { send } from './send';

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

/** For pages of everybody, also within other websites: nobody is signed in, and no cookie goes along. */
export const publicApi = createClient<paths>({ baseUrl: location.origin, credentials: 'omit', fetch: send });
publicApi.use(throwProblems);
