// Pieces that every view uses. Whatever a caller sent is text here, never markup.

import { html, useEffect, useRef, useState } from './preact.js';
import { admin, call } from './api.js';
import { toRow } from './keys.js';

/** The states of a leg that has ended. */
export const OVER = ['terminated', 'disconnected'];

let moved = false; // whether anybody has gone anywhere since the page was opened

/** Tell those who hear the page what others see. */
export function say(text) {
  document.getElementById('said').textContent = text;
}

/** The place in the page, as its address says it: `#/section/which?filters`. */
export function useRoute() {
  const read = () => {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const [section, ...which] = path.split('/');
    return { section: section || 'calls', which: decoded(which.join('/')), query: new URLSearchParams(query) };
  };
  const [route, setRoute] = useState(read);
  useEffect(() => {
    setRoute(read()); // the address may have changed before anybody listened
    const changed = () => {
      moved = true;
      setRoute(read());
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

/** A part of an address that somebody may have cut in the middle of a letter. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a place; what is empty of the query is left out. */
export function placeOf(section, which = '', query = {}) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return `#/${section}${which ? `/${encodeURIComponent(which)}` : ''}${asked.size ? `?${asked}` : ''}`;
}

export function go(...place) {
  location.hash = placeOf(...place);
}

/** Go to where more or less is shown, which is no step back when one wants to leave. */
export function refine(...place) {
  location.replace(placeOf(...place));
}

/** How many times as long as an answer took the next question waits: what is watched is not to slow what is tested. */
const REST = 9;

/** What an admin path says, anew after each change; what it said last, while the server is away. */
export function useAsked(path, changes, query = {}) {
  const [state, setState] = useState({});
  const asker = useRef();
  const asked = JSON.stringify(query);
  useEffect(() => {
    asker.current = askerOf(path, query, setState);
    return asker.current.stop;
  }, [path, asked]);
  useEffect(() => {
    asker.current.ask();
  }, [path, asked, changes]);
  return state;
}

/** Asks one question at a time; what has changed meanwhile is asked for afterwards, once. */
function askerOf(path, query, tell) {
  const over = new AbortController();
  let busy = false;
  let wanted = false;
  const ask = async () => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted && !over.signal.aborted) {
      wanted = false;
      const began = performance.now();
      const told = await admin(path, { query, signal: over.signal }).then(
        (value) => () => ({ value }),
        (error) => (before) => (error.status === 0 && before.value ? before : { error }),
      );
      if (!over.signal.aborted) tell(told);
      const took = performance.now() - began;
      await new Promise((rested) => setTimeout(rested, took * REST));
    }
    busy = false;
  };
  return { ask, stop: () => over.abort() };
}

export function Copy({ text, label = 'Copy' }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await copied(text);
    setDone(true);
    say('Copied');
    setTimeout(() => setDone(false), 1500);
  };
  return html`<button type="button" class="small" aria-label=${label === 'Copy' ? `Copy ${text}` : undefined} onClick=${copy}>${done ? 'Copied' : label}</button>`;
}

/** Browsers have a clipboard on this machine and over HTTPS; a page of another host over HTTP copies what is selected. */
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

/** The tokens of the org that are good; a user's, where one is named. */
const tokensOf = (org, user) => ((org && org.tokens) || []).filter((token) => !token.expired && (user ? token.user === user : token.user));

export const tokenOf = (org, user) => (tokensOf(org, user)[0] || {}).value;

export function Badge({ kind, children }) {
  return html`<span class=${`badge ${kind}`}>${children}</span>`;
}

export function Problem({ error }) {
  return error ? html`<p class="problem" role="alert">${error.message}${error.exchange && html` <a href=${placeOf('exchanges', error.exchange)}>Why?</a>`}</p>` : null;
}

/** What stands there until the server has answered, or what it objects to. */
export function Waiting({ error }) {
  return error ? html`<${Problem} error=${error} />` : html`<p class="empty" role="status">Asking…</p>`;
}

/** What is open beside its list: in sight and in focus, and left by a link as well as by Esc. */
export function Detail({ name, back, children }) {
  const ref = useRef();
  useEffect(() => {
    if (ref.current.getBoundingClientRect().top < 0) ref.current.scrollIntoView();
    if (moved) ref.current.focus({ preventScroll: true });
  }, []);
  return html`<section class="detail" aria-label=${name} tabindex="0" ref=${ref}>
    <a class="close" href=${back} onClick=${toRow} aria-label=${`Close the ${name.toLowerCase()}`}>×</a>
    ${children}
  </section>`;
}

export function Empty({ children }) {
  return html`<p class="empty">${children}</p>`;
}

export const clockTime = (text) => new Date(text).toLocaleTimeString([], { hour12: false });

/** A body as people read it. */
export function pretty(body) {
  if (typeof body !== 'string') return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a shell sends it. */
export function curlOf(method, path, body, token) {
  const parts = [`curl -X ${method} ${quoted(location.origin + path)}`, `-H ${quoted(`Authorization: Bearer ${token}`)}`];
  if (body) parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(' \\\n  ');
}

/** The same call with ringback_client and with the official SDK, where it is one of those that they place. */
export function programsOf(body, token) {
  const number = body && body.phoneNumber;
  if (!number) return {};
  const said = JSON.stringify(number);
  return {
    client: [
      'from ringback_client import CallsClient',
      '',
      `with CallsClient(${JSON.stringify(location.origin)}, ${JSON.stringify(token)}) as client:`,
      `    print(client.place_call(${said}).id)`,
    ].join('\n'),
    SDK: [
      'import PureCloudPlatformClientV2 as sdk',
      '',
      `sdk.configuration.host = ${JSON.stringify(location.origin)}`,
      `sdk.configuration.access_token = ${JSON.stringify(token)}`,
      'body = sdk.CreateCallRequest()',
      `body.phone_number = ${said}`,
      'print(sdk.ConversationsApi().post_conversations_calls(body).id)',
    ].join('\n'),
  };
}

/** What to send instead, with a button for each way to send it. */
function Instead({ equivalent, token }) {
  const [problem, setProblem] = useState(null);
  if (!equivalent) return null;
  const { method, path, body } = equivalent;
  const send = () =>
    call(method, path, token, body)
      .then((answer) => go('exchanges', answer.headers.get('ININ-Correlation-Id')))
      .catch(setProblem);
  return html`<section class="instead">
    <h3>Send this instead</h3>
    <pre>${`${method} ${path}\n${pretty(body)}`}</pre>
    <p class="row">
      <button type="button" class="small" onClick=${send}>Send it</button>
      <${Copy} text=${curlOf(method, path, body, token)} label="Copy as curl" />
      ${Object.entries(programsOf(body, token)).map(([name, text]) => html`<${Copy} text=${text} label=${`Copy for the ${name}`} />`)}
    </p>
    <${Problem} error=${problem} />
  </section>`;
}

/** An explanation: what was wrong, why, how that is known, and what to do. */
export function Explained({ explanation, token }) {
  const { verdict, status, code, findings, notes, questions, unknown, caveats } = explanation;
  return html`<div class="explanation">
    <p><${Badge} kind=${verdict === 'accepted' ? 'good' : 'bad'}>${verdict} ${status}<//> ${code || ''}</p>
    ${findings.map(
      (found) => html`<article class="finding">
        <h3><a href=${`#/rules/${found.rule}`}>${found.rule}</a>${found.pointer && html` at <code>${found.pointer}</code>`}</h3>
        <p>${found.message}</p>
        <p><b>Fix:</b> ${found.fix}</p>
        <p class="soft">How this is known: <${Badge} kind=${found.evidence}>${found.evidence}<//> ${found.source}</p>
      </article>`,
    )}
    <${Instead} equivalent=${explanation.equivalent} token=${token} />
    ${questions.map((question) => html`<p><b>Only you know:</b> ${question}</p>`)}
    ${[...unknown, ...caveats].map((told) => html`<p class="soft">${told}</p>`)}
    ${notes.length > 0 &&
    html`<details><summary>${notes.length} more ${notes.length === 1 ? 'remark' : 'remarks'}</summary>
      <ul>${notes.map((note) => html`<li>${note.pointer && html`<code>${note.pointer}</code> `}${note.message}</li>`)}</ul>
    </details>`}
  </div>`;
}
