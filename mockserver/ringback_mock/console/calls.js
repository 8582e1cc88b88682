// The calls: a live list, and one call as a picture with its controls.

import { html, useEffect, useState } from './preact.js';
import { admin, call } from './api.js';
import { Badge, Copy, Empty, Problem, clockTime, curlOf, go, useAsked } from './parts.js';

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
const OVER = ['terminated', 'disconnected'];

export function Calls({ which, changes, org }) {
  const { value, error } = useAsked('calls', useTurns(changes));
  if (error) return html`<${Problem} error=${error} />`;
  if (!value) return null;
  const chosen = value.calls.find((one) => one.id === which);
  return html`<div class="split">
    <section aria-label="Calls">
      <${Inbound} org=${org} />
      ${value.calls.length === 0 &&
      html`<${Empty}>No call yet. Place one: go to <a href="#/try">Try</a>, or send this:
        <pre>${curlOf('POST', '/api/v2/conversations/calls', { phoneNumber: '+442079460100' })}</pre>
        <${Copy} text=${curlOf('POST', '/api/v2/conversations/calls', { phoneNumber: '+442079460100' })} />
      <//>`}
      <ul class="list">
        ${value.calls.map((one) => html`<${Row} key=${one.id} one=${one} now=${value.now} chosen=${one.id === which} />`)}
      </ul>
      ${value.total > value.calls.length && html`<p class="soft">The newest ${value.calls.length} of ${value.total}.</p>`}
    </section>
    ${which && html`<${Call} key=${which} id=${which} known=${chosen} changes=${changes} org=${org} />`}
  </div>`;
}

/** The count of changes, which also grows once a second while the page is looked at: calls go on by themselves. */
function useTurns(changes) {
  const [turns, setTurns] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurns((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return `${changes}/${turns}`;
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
  const seconds = Math.max(0, Math.round((new Date(now) - new Date(then)) / 1000));
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
  const { value, error } = useAsked(`calls/${id}/lanes`, useTurns(changes));
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
    <div class="scroll" tabindex="0" role="group" aria-label="What each party did"><${Lanes} picture=${value} /></div>
    <table class="parties">
      <thead><tr><th>Party</th><th>State</th><th>Controls</th></tr></thead>
      <tbody>
        ${value.parties.map(
          (party) => html`<tr key=${party.id}>
            <td>${party.name}<br /><span class="soft">${party.purpose}</span></td>
            <td>${party.held ? 'held, ' : ''}${party.state}${party.disconnectType ? html`<br /><span class="soft">${party.disconnectType}</span>` : ''}</td>
            <td>
              ${party.can.length > 0 && html`<span class="soft">the phone:</span> `}${party.can.map((what) => html`<button type="button" class="small" onClick=${() => act(party, what)}>${ACTS[what] || what}</button>`)}
              ${party.userId && !OVER.includes(party.state) && html`<${Controls} id=${id} party=${party} call=${value} org=${org} control=${control} />`}
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    <${Problem} error=${refusal} />
  </section>`;
}

function Controls({ id, party, call, org, control }) {
  const [target, setTarget] = useState('+442079460110');
  const path = `/api/v2/conversations/calls/${id}/participants/${party.id}`;
  const change = (body) => () => control(party.userId, 'PATCH', path, body);
  const subject = call.parties.find((one) => one.id !== party.id && !OVER.includes(one.state));
  const consult = subject && `/api/v2/conversations/calls/${id}/participants/${subject.id}/consult`;
  const button = (label, wish) => html`<button type="button" class="small" onClick=${change(wish)}>${label}</button>`;
  return html`<br /><span class="soft">through the API:</span>
  ${button(party.held ? 'unhold' : 'hold', { held: !party.held })} ${button(party.muted ? 'unmute' : 'mute', { muted: !party.muted })}
  ${button('disconnect', { state: 'disconnected' })}
  <button type="button" class="small" onClick=${() => control(party.userId, 'POST', `/api/v2/conversations/${id}/disconnect`)}>end the call</button>
  ${party.state === 'connected' &&
  html`<details><summary>pass it on</summary><p class="row">
    <label>To <input value=${target} size="16" onInput=${(event) => setTarget(event.target.value)} /></label>
    <button type="button" class="small" onClick=${() => control(party.userId, 'POST', `${path}/replace`, named(target, org))}>transfer</button>
    ${
      subject &&
      html`<button type="button" class="small" onClick=${() => control(party.userId, 'POST', consult, { speakTo: 'DESTINATION', destination: named(target, org) })}>consult</button>
        <button type="button" class="small" onClick=${() => control(party.userId, 'DELETE', consult)}>cancel the consult</button>`
    }
  </p></details>`}`;
}

/** Whom the text names: a user or a queue of the org by name or id, else an address. */
function named(text, org) {
  const is = (one) => one.id === text || one.name.toLowerCase() === text.trim().toLowerCase();
  const user = org && org.users.find(is);
  const queue = org && org.queues.find(is);
  if (user) return { userId: user.id };
  return queue ? { queueId: queue.id } : { address: text.trim() };
}

const WIDTH = 720;
const LEFT = 130;
const LANE = 34;

/** One lane a participant; bars for what its leg does, and the commands at their moments. */
function Lanes({ picture }) {
  const begins = new Date(picture.startedAt).getTime();
  const ends = Math.max(lastMoment(picture), begins + 1000);
  const at = (text) => LEFT + ((new Date(text).getTime() - begins) / (ends - begins)) * (WIDTH - LEFT - 10);
  const height = picture.parties.length * LANE + 40;
  return html`<svg class="lanes" viewBox=${`0 0 ${WIDTH} ${height}`} role="img" aria-label=${told(picture)}>
    ${picture.parties.map((party, number) => {
      const y = number * LANE + 6;
      return html`<g key=${party.id}>
        <text x="0" y=${y + 16} class="lane-name">${party.name.slice(0, 18)}</text>
        ${(picture.lanes[party.id] || []).map((bar) => {
          const x = at(bar.begins);
          const width = Math.max((bar.ends ? at(bar.ends) : ended(bar) ? x + 3 : WIDTH - 10) - x, 2);
          const kind = bar.held ? 'held' : bar.muted ? 'muted' : bar.state;
          return html`<g><rect x=${x} y=${y} width=${width} height="22" rx="3" class=${`bar ${kind}`}>
            <title>${kind} from ${clockTime(bar.begins)}${bar.ends ? ` to ${clockTime(bar.ends)}` : ''}</title></rect>
            ${width > kind.length * 7 + 8 && html`<text x=${x + 5} y=${y + 15} class="bar-name">${kind}</text>`}</g>`;
        })}
      </g>`;
    })}
    ${picture.marks.map((mark, number) => html`<g key=${number}>
      <line x1=${at(mark.at)} x2=${at(mark.at)} y1="0" y2=${height - 26} class="mark"><title>${mark.what}, ${clockTime(mark.at)}</title></line>
      <text x=${Math.min(at(mark.at) + 2, WIDTH - 60)} y=${height - 14 + (number % 2) * 11} class="mark-name">${mark.what}</text>
    </g>`)}
  </svg>`;
}

const ended = (bar) => OVER.includes(bar.state);

function lastMoment(picture) {
  if (picture.active) return new Date(picture.now).getTime();
  const moments = Object.values(picture.lanes).flatMap((bars) => bars.map((bar) => new Date(bar.begins).getTime()));
  return Math.max(...moments);
}

function told(picture) {
  return picture.parties.map((party) => `${party.name}: ${(picture.lanes[party.id] || []).map((bar) => bar.state).join(', ')}`).join('; ');
}
