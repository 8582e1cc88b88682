// What came in and what was answered: a list with filters, and one exchange with its reasons.

import { html, useEffect, useState } from './preact.js';
import { admin } from './api.js';
import { isPage, textOf } from './page.js';
import { Badge, Copy, Detail, Empty, Explained, Problem, Waiting, clockTime, placeOf, pretty, quoted, refine, tokenOf, useAsked } from './parts.js';

const FILTERS = { status: 'Status', rule: 'Rule', operation: 'Operation', path: 'Path', token: 'Token', text: 'Any text' };
const PAGE = 200;

export function Exchanges({ which, query, changes, heldAt, org }) {
  const asked = Object.fromEntries([...Object.keys(FILTERS), 'before'].map((name) => [name, query.get(name) || '']));
  const { value, error } = useAsked('exchanges', heldAt ?? changes, { ...asked, limit: PAGE });
  if (!value) return html`<${Waiting} error=${error} />`;
  const shown = [...value.exchanges].reverse();
  const kept = value.total - value.forgotten.exchanges;
  const older = value.next && new URLSearchParams(value.next.split('?')[1]).get('before');
  return html`<div class="split">
    <section aria-label="Exchanges">
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        ${Object.entries(FILTERS).map(
          ([name, label]) => html`<label>${label} <input id=${`filter-${name}`} value=${asked[name]} size="9"
            onInput=${(event) => refine('exchanges', which, { ...asked, before: '', [name]: event.target.value })} /></label>`,
        )}
      </form>
      ${kept === 0 && html`<${Empty}>Nothing came in yet. Point your program at <code>${location.origin}</code> with the token <code>${tokenOf(org)}</code>, or go to <a href="#/try">Try</a>.<//>`}
      ${kept > 0 && shown.length === 0 && html`<${Empty}>None of ${kept} is so. <a href="#/exchanges">Show all</a><//>`}
      <ul class="list">
        ${shown.map((exchange) => html`<${Row} key=${exchange.id} exchange=${exchange} asked=${asked} chosen=${exchange.id === which} />`)}
      </ul>
      ${(older || asked.before) &&
      html`<p class="row">
        ${asked.before && html`<a href=${placeOf('exchanges', which, { ...asked, before: '' })}>The newest</a>`}
        ${older && html`<a href=${placeOf('exchanges', which, { ...asked, before: older })}>Older exchanges</a>`}
      </p>`}
      ${value.forgotten.exchanges > 0 && html`<p class="soft">${value.forgotten.exchanges} older ones had to make room.</p>`}
    </section>
    ${which && html`<${Exchange} key=${which} id=${which} org=${org} back=${placeOf('exchanges', '', asked)} />`}
  </div>`;
}

function Row({ exchange, asked, chosen }) {
  const { request, response, verdict } = exchange;
  return html`<li class=${chosen ? 'chosen' : ''}>
    <a href=${placeOf('exchanges', exchange.id, asked)} aria-current=${chosen ? 'true' : undefined}>
      <${Badge} kind=${response.status < 400 ? 'good' : 'bad'}>${response.status}<//>
      <span class="grow"><b>${request.method}</b> <bdi>${request.path}</bdi>${verdict && verdict.rule ? html`<br /><span class="soft">${verdict.rule}</span>` : ''}</span>
      <span class="soft">${clockTime(exchange.time)}</span>
    </a>
  </li>`;
}

function Exchange({ id, org, back }) {
  const { value, error } = useAsked(`exchanges/${id}`, 0);
  const [again, setAgain] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => setAgain(null), [id]);
  if (!value) return html`<${Detail} name="Exchange" back=${back}><${Waiting} error=${error} /><//>`;
  const { request, response, caller } = value;
  const known = org && caller && org.tokens.find((one) => one.mark === caller.token);
  const token = known ? known.value : 'YOUR-TOKEN';
  const send = () => {
    setProblem(null);
    admin(`exchanges/${id}/again`, { method: 'POST' }).then(setAgain).catch(setProblem);
  };
  return html`<${Detail} name="Exchange" back=${back}>
    <h2>${request.method} <bdi>${request.path}${request.query && `?${request.query}`}</bdi></h2>
    <p class="row">
      <${Badge} kind=${response.status < 400 ? 'good' : 'bad'}>${response.status}<//>
      <button type="button" class="small" onClick=${send}>Send again</button>
      <${Copy} text=${asCurl(request, token)} label="Copy as curl" />
      <${Save} exchange=${value} token=${known ? token : request.headers.authorization ? 'nobody' : null} />
      ${value.conversationId && html`<a href=${`#/calls/${value.conversationId}`}>the call</a>`}
    </p>
    ${value.caller && html`<p class="soft">Sent with the token of <a href=${`#/exchanges?token=${value.caller.token}`}>${value.caller.user || value.caller.client || 'nobody'} (${value.caller.token})</a></p>`}
    ${again && html`<p>Sent again: <a href=${`#/exchanges/${again.id}`}>${again.status}</a></p>`}
    <${Problem} error=${problem} />
    <${Explained} explanation=${value.explanation} token=${known && !known.expired ? token : tokenOf(org)} />
    <h3>Sent</h3>
    <${Message} headers=${request.headers} body=${request.body} />
    <h3>Answered</h3>
    <${Message} headers=${response.headers} body=${response.body} />
  <//>`;
}

function Message({ headers, body }) {
  return html`<details><summary>${Object.keys(headers).length} headers</summary><pre>${Object.entries(headers).map(([name, text]) => `${name}: ${text}`).join('\n')}</pre></details>
  ${isPage({ headers, body }) ? html`<${Page} page=${body} />` : body !== '' && html`<pre>${pretty(body)}</pre>`}`;
}

function Page({ page }) {
  return html`<p class="soft">A page for people, which says:</p>
    <pre>${textOf(page)}</pre>
    <details><summary>The page as it came</summary><pre>${page}</pre></details>`;
}

/** The journal keeps no token, so the one that the org knows by its mark stands there. */
function asCurl({ method, path, query, headers, body }, token) {
  const kept = Object.entries(headers).filter(([name]) => !['host', 'content-length', 'connection', 'accept-encoding'].includes(name));
  return [
    `curl -X ${method} ${quoted(`${location.origin}${path}${query ? `?${query}` : ''}`)}`,
    ...kept.map(([name, text]) => `-H ${quoted(`${name}: ${name === 'authorization' ? text.replace('***', token) : text}`)}`),
    ...(body === '' ? [] : [`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`]),
  ].join(' \\\n  ');
}

/** A file that `ringback verify-fix` runs: see docs/cases.md. */
function Save({ exchange, token }) {
  const { request, response, verdict } = exchange;
  const body = typeof request.body === 'string' && request.body !== '' ? parsed(request.body) : request.body;
  const sent = { method: request.method, path: request.path, ...(body === '' ? {} : { body }) };
  const expect = verdict && verdict.rule ? { rule: verdict.rule } : { status: response.status };
  const text = JSON.stringify({ why: 'Say why anybody cares.', as: token, request: sent, expect }, null, 2);
  const href = `data:application/json;charset=utf-8,${encodeURIComponent(`${text}\n`)}`;
  return html`<a class="button small" href=${href} download="case.json">Save as case</a>`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
