// Faults: set, list, clear. And the clock of the org.

import { html, useState } from './preact.js';
import { admin } from './api.js';
import { Badge, Empty, Problem, Waiting, useAsked } from './parts.js';

const WORDS = ['operation', 'number'];
const NUMBERS = {
  times: { label: 'Times', min: 1, placeholder: 'each' },
  nth: { label: 'Only the nth', min: 1 },
  seconds: { label: 'Seconds', min: 0, step: 'any', placeholder: '5' },
  retry_after: { label: 'Retry after', min: 0 },
};

export function Faults({ changes }) {
  const { value, error } = useAsked('faults', changes);
  const known = useAsked('openapi.json', 0);
  const [kind, setKind] = useState('lost-reply');
  const [problem, setProblem] = useState(null);
  if (!value || !known.value) return html`<${Waiting} error=${error || known.error} />`;
  const settings = settingsOf(known.value);
  const set = (event) => {
    event.preventDefault();
    setProblem(null);
    const form = new FormData(event.target);
    const body = { kind };
    for (const name of WORDS) if (form.get(name)) body[name] = form.get(name);
    for (const name of Object.keys(NUMBERS)) if (form.get(name)) body[name] = Number(form.get(name));
    admin('faults', { method: 'POST', body }).catch(setProblem);
  };
  const clear = (path = 'faults') => admin(path, { method: 'DELETE' }).catch(setProblem);
  const own = value.faults.filter((fault) => !fault.standing).reverse();
  const standing = value.faults.filter((fault) => fault.standing);
  return html`<section aria-label="Faults">
    <h2>Faults</h2>
    <form class="row" onSubmit=${set}>
      <label>Kind <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
        ${settings.kind.enum.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
      <label>Of <select name="operation">
        <option value="">what it is usual for</option>
        ${settings.operation.enum.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
      <label>Number <input name="number" size="14" placeholder="any" /></label>
      ${Object.entries(NUMBERS).map(([name, { label, ...input }]) => html`<label title=${settings[name].description}>${label} <input name=${name} type="number" ...${input} /></label>`)}
      <button>Set</button>
      <button type="button" onClick=${() => clear()} disabled=${value.faults.length === 0}>Clear all</button>
    </form>
    <${Problem} error=${problem} />
    ${value.faults.length === 0 && html`<${Empty}>Nothing goes wrong on purpose. Set a fault, then place a call.<//>`}
    ${own.length > 0 && html`<h3>Set since the start</h3><${List} faults=${own} clear=${clear} />`}
    ${standing.length > 0 && html`<details open=${own.length === 0}>
      <summary>${standing.length} of the org itself</summary>
      <p class="soft">They come with its file, or with <code>--fault</code>, and strike calls to their number alone where they have one. A reset of the org sets them anew.</p>
      <${List} faults=${standing} clear=${clear} />
    </details>`}
  </section>`;
}

function List({ faults, clear }) {
  const one = async (event, fault) => {
    const row = event.target.closest('li');
    const next = row.nextElementSibling || row.previousElementSibling;
    await clear(`faults/${fault.id}`);
    (next ? next.querySelector('button') : document.getElementById('main')).focus();
  };
  return html`<ul class="list">${faults.map((fault) => html`<li key=${fault.id} class="row">
    <${Badge} kind="bad">${fault.kind}<//> <span class="grow">${fault.operation}${fault.number && html`, calls to <code>${fault.number}</code>`}${fault.times && `, ${fault.times} times at most`}</span>
    <span class="soft">${fault.taken} requests, fired ${fault.fired} times</span>
    <button type="button" class="small" aria-label=${`Clear ${fault.kind}${fault.number ? ` of ${fault.number}` : ''}`} onClick=${(event) => one(event, fault)}>Clear</button></li>`)}</ul>`;
}

/** What a fault can be told, as the server's own description says it. */
function settingsOf(document) {
  return document.paths['/__ringback/faults'].post.requestBody.content['application/json'].schema.anyOf[0].properties;
}

export function Clock({ changes }) {
  const { value } = useAsked('clock', changes);
  const [problem, setProblem] = useState(null);
  if (!value) return null;
  const tell = (command) => () => admin('clock', { method: 'POST', body: command }).catch(setProblem);
  const button = (label, command, name) => html`<button type="button" class="small" aria-label=${name} onClick=${tell(command)}>${label}</button>`;
  return html`<div class="clock" role="group" aria-label="Clock">
    <span class="soft">${value.frozen ? 'frozen' : value.speed === 1 ? 'real time' : `×${value.speed}`}</span>
    ${value.frozen ? button('go', { freeze: false }, 'Let the clock go on') : button('freeze', { freeze: true }, 'Freeze the clock')}
    ${button('+1 s', { advance: 1 }, 'Advance by one second')} ${button('+30 s', { advance: 30 }, 'Advance by thirty seconds')}
    ${button('×1', { speed: 1 }, 'Real speed')} ${button('×10', { speed: 10 }, 'Ten times the speed')} ${button('×60', { speed: 60 }, 'Sixty times the speed')}
    <${Problem} error=${problem} />
  </div>`;
}
