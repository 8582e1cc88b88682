// What the page asks the mock, and how it hears that something has changed.

const TOKEN = 'ringback-admin-token';
const org = new URLSearchParams(location.search).get('org');

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A server that is not there is told as one that refuses, with the status 0. */
async function asked(url, options, otherwise = 'The server does not answer.') {
  try {
    return await fetch(url, options);
  } catch {
    throw new Refused(0, otherwise);
  }
}

export const adminToken = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) => sessionStorage.setItem(TOKEN, value),
};

function adminHeaders() {
  return adminToken.get() ? { 'Ringback-Admin-Token': adminToken.get() } : {};
}

/** Ask an admin path; `body` is sent as JSON, a text as it is, and what is empty of the query is left out. Throws `Refused`. */
export async function admin(path, { method = 'GET', body, query = {}, signal } = {}) {
  const parameters = new URLSearchParams(Object.entries({ ...query, org }).filter(([, value]) => value));
  const answer = await asked(`/__ringback/${path}${parameters.size ? `?${parameters}` : ''}`, {
    method,
    signal,
    headers: adminHeaders(),
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const told = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, told.message);
  return told;
}

const NO_REPLY = 'No answer came. The server is away, or a fault took its reply: Calls and Exchanges show what it did, Faults what is set.';

/** Send a request to the API as whoever has the token; the answer with its headers, whatever its status. */
export async function call(method, path, token, body) {
  const options = {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  };
  const answer = await asked(path, options, NO_REPLY);
  const text = await answer.text().catch(() => {
    throw new Refused(0, `The answer, ${answer.status}, broke off.`);
  });
  return { status: answer.status, headers: answer.headers, text };
}

/** Call `heard` when the line is up, when it is down, and whenever something has changed; and `is(live)`. */
export function listen(heard, is) {
  let over = false;
  const ended = new AbortController();
  (async () => {
    while (!over) {
      try {
        const answer = await fetch('/__ringback/feed', { headers: adminHeaders(), signal: ended.signal });
        if (!answer.ok) throw new Refused(answer.status, 'no feed');
        is(true);
        heard();
        const reader = answer.body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          if (new TextDecoder().decode(value).includes('data:')) heard();
        }
      } catch (error) {
        if (over) return;
      }
      is(false);
      heard();
      await new Promise((go) => setTimeout(go, 2000));
    }
  })();
  return () => {
    over = true;
    ended.abort();
  };
}
