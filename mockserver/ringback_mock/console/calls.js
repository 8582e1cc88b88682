// The calls: a live list, and one call as a picture with its controls.

import { html, useEffect, useState } from './preact.js';
import { admin, call } from './api.js';
import { Controls } from './controls.js';
import { Lanes } from './lanes.js';
import { Badge, Copy, Empty, OVER, Problem, curlOf, go, useAsked } from './parts.js';

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

export function Calls({ which, changes, org }) {
  const { value, error } = useTurns('calls', changes);
  const now = useNow(value);
  if (error) return html`<${Problem} error=${error} />`;
  if (!value) return null;
  return html`<div class="split">
    <section aria-label="Calls">
      <${Inbound} org=${org} />
      ${value.calls.length === 0 &&
      html`<${Empty}>No call yet. Place one: go to <a href="#/try">Try</a>, or send this:
        <pre>${curlOf('POST', '/api/v2/conversations/calls', { phoneNumber: '+442079460100' })}</pre>
        <${Copy} text=${curlOf('POST', '/api/v2/conversations/calls', { phoneNumber: '+442079460100' })} />
      <//>`}
      <ul class="list">
        ${value.calls.map((one) => html`<${Row} key=${one.id} one=${one} now=${now} chosen=${one.id === which} />`)}
      </ul>
      ${value.total > value.calls.length && html`<p class="soft">The newest ${value.calls.length} of ${value.total}.</p>`}
    </section>
    ${which && html`<${Call} key=${which} id=${which} changes=${changes} org=${org} />`}
  </div>`;
}

const LONGEST = 2 ** 31 - 1;

/** What a path of calls says, anew after each change, and when the next thing happens by itself. */
function useTurns(path, changes) {
  const [turns, setTurns] = useState(0);
  const asked = useAsked(path, `${changes}/${turns}`);
  const wakeIn = asked.value ? asked.value.wakeIn : null;
  useEffect(() => {
    if (wakeIn === null) return undefined;
    const timer = setTimeout(() => setTurns((count) => count + 1), Math.min(wakeIn * 1000 + 20, LONGEST));
    return () => clearTimeout(timer);
  }, [asked.value]);
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

function Row({ one, now, chosen }) {
  const state = stateOf(one);
  return html`<li class=${chosen ? 'chosen' : ''}>
    <a href=${`#/calls/${one.id}`} aria-current=${chosen ? 'true' : undefined}>
      <${Badge} kind=${one.active ? 'good' : 'over'}>${state}<//>
      <span class="grow">${one.parties.map((party) => party.name).join(' → ')}</span>
      <span class="soft">${age(one.startedAt, now)}</span>
    </a>
  </li>`;
}

function stateOf(one) {
  if (!one.active) return 'ended';
  const far = one.parties.find((party) => party.outside && !OVER.includes(party.state)) || one.parties[one.parties.length - 1];
  return one.held ? 'held' : (far && far.state) || 'new';
}

function age(then, now) {
  const seconds = Math.max(0, Math.round((now - new Date(then).getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

function Inbound({ org }) {
  const [error, setError] = useState(null);
  if (!org) return null;
  const ring = (to) => {
    setError(null);
    admin('calls', { method: 'POST', body: to })
      .then((made) => go('calls', made.id))
      .catch(setError);
  };
  return html`<details>
    <summary>Let somebody ring</summary>
    <p class="row">
      ${org.users.filter((user) => user.enabled).map((user) => html`<button type="button" class="small" onClick=${() => ring({ user: user.id })}>${user.name}</button>`)}
      ${org.queues.map((queue) => html`<button type="button" class="small" onClick=${() => ring({ queue: queue.id })}>queue ${queue.name}</button>`)}
    </p>
    <${Problem} error=${error} />
  </details>`;
}

function Call({ id, changes, org }) {
  const { value, error } = useTurns(`calls/${id}/lanes`, changes);
  const now = useNow(value);
  const [refusal, setRefusal] = useState(null);
  if (error) return html`<section><${Problem} error=${error} /></section>`;
  if (!value) return null;
  const act = (party, what) => {
    setRefusal(null);
    const body = what === 'digits' ? { act: what, digits: '1' } : { act: what };
    admin(`calls/${id}/parties/${party.id}`, { method: 'POST', body }).catch(setRefusal);
  };
  const control = async (user, method, path, body) => {
    setRefusal(null);
    const token = org && org.tokens.find((one) => one.user === user && !one.expired);
    const answer = await call(method, path, token ? token.value : 'alice', body);
    if (answer.status >= 400) setRefusal(new Error(answer.text));
  };
  return html`<section class="detail" aria-label="Call">
    <h2>Call <code>${id}</code> <${Copy} text=${id} label="Copy id" /></h2>
    <div class="scroll" tabindex="0" role="group" aria-label="What each party did"><${Lanes} picture=${value} now=${now} /></div>
    <table class="parties">
      <thead><tr><th>Party</th><th>State</th><th>Controls</th></tr></thead>
      <tbody>
        ${value.parties.map(
          (party) => html`<tr key=${party.id}>
            <td>${party.name}<br /><span class="soft">${party.purpose}</span></td>
            <td>${party.held ? 'held, ' : ''}${party.state}${party.disconnectType ? html`<br /><span class="soft">${party.disconnectType}</span>` : ''}</td>
            <td>
              ${party.can.length > 0 && html`<span class="soft">the phone:</span> `}${party.can.map((what) => html`<button type="button" class="small" onClick=${() => act(party, what)}>${ACTS[what] || what}</button>`)}
              ${party.userId && html`<${Controls} id=${id} party=${party} call=${value} org=${org} control=${control} />`}
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    <${Problem} error=${refusal} />
  </section>`;
}
