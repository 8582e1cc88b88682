// What a user can do to a call, each by the request that a program would send with the user's token.

import { html, useState } from './preact.js';
import { OVER, useAsked } from './parts.js';

const CONVERSATIONS = '/api/v2/conversations';
const SPOKEN_TO = { DESTINATION: 'the one asked', OBJECT: 'the customer', BOTH: 'both' };
const RECORDING = { ACTIVE: 'record', PAUSED: 'pause', NONE: 'stop' };

export function Controls({ id, party, call, org, changes, control }) {
  const calls = `${CONVERSATIONS}/calls/${id}`;
  const path = `${calls}/participants/${party.id}`;
  const user = party.userId || (call.parties.find((one) => one.userId && one.state === 'connected') || {}).userId;
  const send = (method, to, body, as = user) => control(as, method, to, body);
  const button = (label, body) => html`<button type="button" class="small" onClick=${() => send('PATCH', path, body)}>${label}</button>`;
  const over = OVER.includes(party.state);
  if (!party.userId) {
    const confined = user && party.state === 'connected' && button(party.confined ? 'let hear again' : 'confine', { confined: !party.confined });
    return confined && html`<p class="row"><span class="soft">through the API:</span>${confined}</p>`;
  }
  if (over) return html`<${WriteDown} path=${path} org=${org} send=${send} />`;
  return html`<p class="row"><span class="soft">through the API:</span>
      ${party.state === 'alerting' && button('answer', { state: 'connected' })}
      ${button(party.held ? 'unhold' : 'hold', { held: !party.held })} ${button(party.muted ? 'unmute' : 'mute', { muted: !party.muted })}
      ${party.state === 'parked' ? button('unpark', { state: 'connected' }) : party.state === 'connected' && button('park', { state: 'parked' })}
      ${button('disconnect', { state: 'disconnected' })}
      <button type="button" class="small" onClick=${() => send('POST', `${CONVERSATIONS}/${id}/disconnect`)}>end the call</button>
    </p>
    ${party.state === 'connected' &&
    html`<${PassOn} calls=${calls} path=${path} party=${party} call=${call} org=${org} send=${send} />
      <${Merge} calls=${calls} id=${id} party=${party} changes=${changes} send=${send} />
      <${Keys} path=${`${CONVERSATIONS}/${id}/participants/${party.id}/digits`} send=${send} />
      <${WriteDown} path=${path} org=${org} send=${send} />
      <${Watch} path=${path} party=${party} org=${org} send=${send} />
      <${Recording} calls=${calls} send=${send} />`}`;
}

/** Consult, transfer, and bring in. */
function PassOn({ calls, path, party, call, org, send }) {
  const [target, setTarget] = useState('+442079460106');
  const asks = call.consult && call.consult.by === party.id;
  const others = call.parties.filter((one) => one.id !== party.id && !OVER.includes(one.state));
  const subject = asks ? call.consult.about : others.length > 0 && others[0].id;
  const consult = `${calls}/participants/${subject}/consult`;
  const button = (label, ...request) => html`<button type="button" class="small" onClick=${() => send(...request)}>${label}</button>`;
  const whom = named(target, org);
  return html`<details><summary>transfer or consult</summary><p class="row">
    <label>To <input value=${target} size="16" onInput=${(event) => setTarget(event.target.value)} /></label>
    ${button('transfer', 'POST', `${path}/replace`, whom)} ${button('bring in', 'POST', `${calls}/participants`, { participants: [whom] })}
    ${subject && !asks && button('consult', 'POST', consult, { speakTo: 'DESTINATION', destination: whom })}
    ${
      asks &&
      html`${button('complete the consult', 'PATCH', path, { state: 'disconnected' })} ${button('cancel the consult', 'DELETE', consult)}
        <span class="soft">speak to</span> ${Object.entries(SPOKEN_TO).map(([speakTo, label]) => button(label, 'PATCH', consult, { speakTo }))}`
    }
  </p></details>`;
}

/** The parties of another call of the user come into this one. */
function Merge(shown) {
  const [open, setOpen] = useState(false);
  return html`<details onToggle=${(event) => setOpen(event.target.open)}><summary>merge</summary>${open && html`<${MergeWith} ...${shown} />`}</details>`;
}

function MergeWith({ calls, id, party, changes, send }) {
  const { value } = useAsked('calls', changes, { text: party.userId });
  if (!value) return null;
  const able = value.calls.filter((one) => one.active && one.id !== id && one.parties.some((each) => each.userId === party.userId && !OVER.includes(each.state)));
  if (able.length === 0) return html`<p class="soft">${party.name} is on no other call.</p>`;
  const merge = (event) => {
    event.preventDefault();
    send('PATCH', calls, { conversationIds: [new FormData(event.target).get('other')] });
  };
  return html`<form class="row" onSubmit=${merge}>
    <label>With <select name="other">${able.map((one) => html`<option value=${one.id}>${one.parties.map((each) => each.name).join(', ')}</option>`)}</select></label>
    <button class="small" type="submit">take in</button>
  </form>`;
}

function Keys({ path, send }) {
  const press = (event) => {
    event.preventDefault();
    send('POST', path, { digits: new FormData(event.target).get('digits') });
  };
  return html`<details><summary>send digits</summary><form class="row" onSubmit=${press}>
    <label>Keys <input name="digits" size="8" required /></label> <button class="small" type="submit">press</button>
  </form></details>`;
}

/** Attributes, and the wrap-up, which can be given when the call is over. */
function WriteDown({ path, org, send }) {
  const keep = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    send('PATCH', `${path}/attributes`, { attributes: { [form.get('name')]: form.get('value') } });
  };
  const wrap = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    send('PATCH', path, { wrapup: { code: form.get('code'), notes: form.get('notes') } });
  };
  const codes = (org && org.wrapUpCodes) || [];
  return html`<details><summary>attributes and wrap-up</summary>
    <form class="row" onSubmit=${keep}>
      <label>Attribute <input name="name" size="8" required /></label> <label>Value <input name="value" size="8" /></label>
      <button class="small" type="submit">set</button>
    </form>
    ${
      codes.length > 0 &&
      html`<form class="row" onSubmit=${wrap}>
        <label>Wrap-up <select name="code">${codes.map((code) => html`<option key=${code.id} value=${code.id}>${code.name}</option>`)}</select></label>
        <label>Notes <input name="notes" size="12" /></label>
        <button class="small" type="submit">wrap up</button>
      </form>`
    }
  </details>`;
}

const WATCHING = { monitor: 'monitor', coach: 'coach', barge: 'barge in' };

/** A supervisor listens, helps, or joins in. */
function Watch({ path, party, org, send }) {
  const able = org ? org.users.filter((user) => user.id !== party.userId && user.permissions.some((one) => /:(monitor|coach|barge)$/.test(one))) : [];
  const [chosen, setChosen] = useState('');
  if (able.length === 0) return null;
  const supervisor = chosen || able[0].id;
  return html`<details><summary>supervise</summary><p class="row">
    <label>As <select value=${supervisor} onChange=${(event) => setChosen(event.target.value)}>
      ${able.map((user) => html`<option key=${user.id} value=${user.id}>${user.name}</option>`)}</select></label>
    ${Object.entries(WATCHING).map(([how, label]) => html`<button type="button" class="small" onClick=${() => send('POST', `${path}/${how}`, undefined, supervisor)}>${label}</button>`)}
  </p></details>`;
}

function Recording({ calls, send }) {
  return html`<details><summary>recording</summary><p class="row">
    ${Object.entries(RECORDING).map(([recordingState, label]) => html`<button type="button" class="small" onClick=${() => send('PUT', `${calls}/recordingstate`, { recordingState })}>${label}</button>`)}
  </p></details>`;
}

/** Whom the text names: a user or a queue of the org by name or id, else an address. */
function named(text, org) {
  const is = (one) => one.id === text || one.name.toLowerCase() === text.trim().toLowerCase();
  const user = org && org.users.find(is);
  const queue = org && org.queues.find(is);
  if (user) return { userId: user.id };
  return queue ? { queueId: queue.id } : { address: text.trim() };
}
