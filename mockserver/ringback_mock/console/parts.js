// Pieces that every view uses. Whatever a caller sent is text here, never markup.

import { html, useEffect, useState } from './preact.js';
import { admin } from './api.js';

/** The states of a leg that has ended. */
export const OVER = ['terminated', 'disconnected'];

/** The place in the page, as its address says it: `#/section/which?filters`. */
export function useRoute() {
  const read = () => {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const [section, ...which] = path.split('/');
    return { section: section || 'calls', which: decodeURIComponent(which.join('/')), query: new URLSearchParams(query) };
  };
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const moved = () => setRoute(read());
    moved(); // the address may have changed before anybody listened
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}

export function go(section, which = '', query = {}) {
  const filled = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
  const asked = new URLSearchParams(filled);
  location.hash = `/${section}${which ? `/${encodeURIComponent(which)}` : ''}${asked.size ? `?${asked}` : ''}`;
}

/** What an admin path says, anew after each change. */
export function useAsked(path, changes, query) {
  const [state, setState] = useState({});
  const asked = JSON.stringify(query || {});
  useEffect(() => {
    let late = false;
    admin(path, { query })
      .then((value) => late || setState({ value }))
      .catch((error) => late || setState({ error }));
    return () => {
      late = true;
    };
  }, [path, asked, changes]);
  return state;
}

export function Copy({ text, label = 'Copy' }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return html`<button type="button" class="small" onClick=${copy}>${done ? 'Copied' : label}</button>`;
}

export function Badge({ kind, children }) {
  return html`<span class=${`badge ${kind}`}>${children}</span>`;
}

export function Problem({ error }) {
  return error ? html`<p class="problem" role="alert">${error.message}</p>` : null;
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
export function curlOf(method, path, body, token = 'alice') {
  const parts = [`curl -X ${method} ${quoted(location.origin + path)}`, `-H ${quoted(`Authorization: Bearer ${token}`)}`];
  if (body) parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(' \\\n  ');
}

/** The same call with ringback_client and with the official SDK, where it is one of those that they place. */
export function programsOf(body) {
  const number = body && body.phoneNumber;
  if (!number) return {};
  const said = JSON.stringify(number);
  return {
    client: [
      'from ringback_client import CallsClient',
      '',
      `with CallsClient(${JSON.stringify(location.origin)}, "alice") as client:`,
      `    print(client.place_call(${said}).id)`,
    ].join('\n'),
    SDK: [
      'import PureCloudPlatformClientV2 as sdk',
      '',
      `sdk.configuration.host = ${JSON.stringify(location.origin)}`,
      'sdk.configuration.access_token = "alice"',
      'body = sdk.CreateCallRequest()',
      `body.phone_number = ${said}`,
      'print(sdk.ConversationsApi().post_conversations_calls(body).id)',
    ].join('\n'),
  };
}

/** What to send instead, with a button for each way to send it. */
export function Instead({ equivalent }) {
  if (!equivalent) return null;
  const { method, path, body } = equivalent;
  return html`<section class="instead">
    <h3>Send this instead</h3>
    <pre>${`${method} ${path}\n${pretty(body)}`}</pre>
    <p class="row">
      <${Copy} text=${curlOf(method, path, body)} label="Copy as curl" />
      ${Object.entries(programsOf(body)).map(([name, text]) => html`<${Copy} text=${text} label=${`Copy for the ${name}`} />`)}
    </p>
  </section>`;
}

/** An explanation: what was wrong, why, how that is known, and what to do. */
export function Explained({ explanation }) {
  const { verdict, status, code, findings, notes, questions } = explanation;
  return html`<div class="explanation">
    <p><${Badge} kind=${verdict === 'accepted' ? 'good' : 'bad'}>${verdict} ${status}<//> ${code || ''}</p>
    ${findings.map(
      (found) => html`<article class="finding">
        <h3><a href=${`#/rules/${found.rule}`}>${found.rule}</a>${found.pointer && html` at <code>${found.pointer}</code>`}</h3>
        <p>${found.message}</p>
        <p><b>Fix:</b> ${found.fix}</p>
        <p class="soft">Known: <${Badge} kind=${found.evidence}>${found.evidence}<//> ${found.source}</p>
      </article>`,
    )}
    <${Instead} equivalent=${explanation.equivalent} />
    ${questions.map((question) => html`<p><b>To be known:</b> ${question}</p>`)}
    ${notes.length > 0 &&
    html`<details><summary>${notes.length} more ${notes.length === 1 ? 'remark' : 'remarks'}</summary>
      <ul>${notes.map((note) => html`<li>${note.pointer && html`<code>${note.pointer}</code> `}${note.message}</li>`)}</ul>
    </details>`}
  </div>`;
}
