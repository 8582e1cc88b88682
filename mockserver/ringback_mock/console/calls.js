// The calls: a live list, and one call as a picture with its controls.

import { html, useEffect, useState } from './preact.js';
import { admin, call } from './api.js';
import { Controls } from './controls.js';
import { Lanes } from './lanes.js';
import { Badge, Copy, Detail, Empty, Problem, Waiting, curlOf, go, placeOf, refine, say, tokenOf, useAsked } from './parts.js';

const ACTS = {
  answers: 'answers',
  declines: 'declines',
  busy: 'is busy',
  no_answer: 'does not answer',
  hangs_up: 'hangs up',
  holds: 'holds',
  retrieves: 'comes back',
  digits: 'presses 1',
};

export function Calls({ which, query, changes, heldAt, org }) {
  const asked = { text: query.get('text') || '', before: query.get('before') || '' };
  const { value, error } = useTurns('calls', changes, asked, heldAt);
  const now = useNow(heldAt === null ? value : { ...value, speed: 0 });
  if (!value) return html`<${Waiting} error=${error} />`;
  const place = curlOf('POST', '/api/v2/conversations/calls', { phoneNumber: '+442079460100' }, tokenOf(org));
  return html`<div class="split">
    <section aria-label="Calls">
      <${Inbound} org=${org} />
      ${value.total === 0 &&
      html`<${Empty}>No call yet. Place one: go to <a href="#/try">Try</a>, or send this:
        <pre>${place}</pre>
        <${Copy} text=${place} label="Copy as curl" />
      <//>`}
      ${value.total > 0 &&
      html`<form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Search <input id="filter-text" placeholder="number, name, id, state, queue" value=${asked.text}
          onInput=${(event) => refine('calls', which, { text: event.target.value })} /></label>
        <span class="soft" role="status">${value.calls.length} of ${value.total}${asked.text && value.older ? ' so far' : ''}</span>
      </form>`}
      ${value.total > 0 && value.calls.length === 0 && html`<${Empty}>No ${asked.before && 'older '}call is so. <a href="#/calls">Show all</a><//>`}
      <ul class="list">
        ${value.calls.map((one) => html`<${Row} key=${one.id} one=${one} now=${now} asked=${asked} chosen=${one.id === which} />`)}
      </ul>
      ${(value.older || asked.before) &&
      html`<p class="row">
        ${asked.before && html`<a href=${placeOf('calls', which, { text: asked.text })}>The newest</a>`}
        ${value.older && html`<a href=${placeOf('calls', which, { ...asked, before: value.older })}>Older calls</a>`}
      </p>`}
    </section>
    ${which && html`<${Call} key=${which} id=${which} changes=${changes} org=${org} back=${placeOf('calls', '', asked)} />`}
  </div>`;
}

const LONGEST = 2 ** 31 - 1;

/** What a path of calls says, anew after each change and when the next thing happens by itself, unless it is held. */
function useTurns(path, changes, query, heldAt = null) {
  const [turns, setTurns] = useState(0);
  const asked = useAsked(path, heldAt ?? `${changes}/${turns}`, query);
  const wakeIn = asked.value ? asked.value.wakeIn : null;
  useEffect(() => {
    if (wakeIn === null || heldAt !== null) return undefined;
    const timer = setTimeout(() => setTurns((count) => count + 1), Math.min(wakeIn * 1000 + 20, LONGEST));
    return () => clearTimeout(timer);
  }, [asked.value, heldAt]);
  return asked;
}

/** The moment in the org, as it goes on while nobody asks: in milliseconds. */
function useNow({ now, speed } = {}) {
  const [then, setThen] = useState(0);
  const [at, setAt] = useState(0);
  useEffect(() => {
    setThen(performance.now());
    setAt(performance.now());
    const timer = speed > 0 ? setInterval(() => document.hidden || setAt(performance.now()), 1000) : 0;
    return () => clearInterval(timer);
  }, [now, speed]);
  return new Date(now).getTime() + Math.max(0, at - then) * (speed || 0);
}

function Row({ one, now, asked, chosen }) {
  return html`<li class=${chosen ? 'chosen' : ''}>
    <a href=${placeOf('calls', one.id, asked)} aria-current=${chosen ? 'true' : undefined}>
      <${Badge} kind=${one.active ? 'state good' : 'state'}>${one.state}<//>
      <span class="grow">${one.parties.map((party, number) => html`${number > 0 && ' → '}<bdi>${party.name}</bdi>`)}</span>
      <span class="soft">${age(one.startedAt, now)}</span>
    </a>
  </li>`;
}

function age(then, now) {
  const seconds = Math.max(0, Math.round((now - new Date(then).getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

function Inbound({ org }) {
  const [error, setError] = useState(null);
  if (!org) return null;
  const ring = (event) => {
    event.preventDefault();
    setError(null);
    const [kind, id] = new FormData(event.target).get('whom').split(' ');
    admin('calls', { method: 'POST', body: { [kind]: id } })
      .then((made) => go('calls', made.id))
      .catch(setError);
  };
  return html`<details>
    <summary>Incoming call</summary>
    <form class="row" onSubmit=${ring}>
      <label>For <select name="whom">
        ${org.users.filter((user) => user.enabled).map((user) => html`<option value=${`user ${user.id}`}>${user.name}</option>`)}
        ${org.queues.map((queue) => html`<option value=${`queue ${queue.id}`}>queue ${queue.name}</option>`)}
      </select></label>
      <button>Ring</button>
    </form>
    <${Problem} error=${error} />
  </details>`;
}

function Call({ id, changes, org, back }) {
  const { value, error } = useTurns(`calls/${id}/lanes`, changes);
  const now = useNow(value);
  const [refusal, setRefusal] = useState(null);
  const standing = value && value.parties.map((party) => `${party.name}: ${party.held ? 'held, ' : ''}${party.state}`).join('; ');
  useEffect(() => {
    if (standing) say(standing);
  }, [standing]);
  if (!value) return html`<${Detail} name="Call" back=${back}><${Waiting} error=${error} /><//>`;
  const act = (party, what) => {
    setRefusal(null);
    const body = what === 'digits' ? { act: what, digits: '1' } : { act: what };
    admin(`calls/${id}/parties/${party.id}`, { method: 'POST', body }).catch(setRefusal);
  };
  const control = async (user, method, path, body) => {
    setRefusal(null);
    const token = tokenOf(org, user);
    if (!token) return setRefusal({ message: 'The org has no token of this user, so nothing can be sent for them.' });
    const answer = await call(method, path, token, body).catch(setRefusal);
    if (answer && answer.status >= 400) setRefusal({ message: answer.text, exchange: answer.headers.get('ININ-Correlation-Id') });
  };
  return html`<${Detail} name="Call" back=${back}>
    <h2>Call <code>${id}</code> <${Copy} text=${id} label="Copy id" /></h2>
    <${Lanes} picture=${value} now=${now} />
    <table class="parties">
      <thead><tr><th>Party</th><th>State</th><th>Controls</th></tr></thead>
      <tbody>
        ${value.parties.map(
          (party) => html`<tr key=${party.id}>
            <td>${party.name}<br /><span class="soft">${party.purpose}</span></td>
            <td>${party.held ? 'held, ' : ''}${party.state}${[party.disconnectType, party.error, party.confined && 'confined', party.muted && 'muted'].filter(Boolean).map((told) => html`<br /><span class="soft">${told}</span>`)}</td>
            <td>
              ${party.can.length > 0 && html`<p class="row"><span class="soft">the phone:</span>${party.can.map((what) => html`<button type="button" class="small" onClick=${() => act(party, what)}>${ACTS[what] || what}</button>`)}</p>`}
              <${Controls} id=${id} party=${party} call=${value} org=${org} changes=${changes} control=${control} />
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    <${Problem} error=${refusal} />
  <//>`;
}
