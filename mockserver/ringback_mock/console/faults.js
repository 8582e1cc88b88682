// Faults: set, list, clear. And the clock of the org.

import { html, useState } from './preact.js';
import { admin } from './api.js';
import { Badge, Empty, Problem, useAsked } from './parts.js';

export function Faults({ changes }) {
  const { value, error } = useAsked('faults', changes);
  const known = useAsked('openapi.json', 0);
  const [kind, setKind] = useState('lost-reply');
  const [problem, setProblem] = useState(null);
  if (error || known.error) return html`<${Problem} error=${error || known.error} />`;
  if (!value || !known.value) return null;
  const set = (event) => {
    event.preventDefault();
    setProblem(null);
    const form = new FormData(event.target);
    const body = { kind };
    if (form.get('times')) body.times = Number(form.get('times'));
    admin('faults', { method: 'POST', body }).catch(setProblem);
  };
  const clear = () => admin('faults', { method: 'DELETE' }).catch(setProblem);
  return html`<section aria-label="Faults">
    <h2>Faults</h2>
    <form class="row" onSubmit=${set}>
      <label>Kind <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
        ${kindsOf(known.value).map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
      <label>Times <input name="times" type="number" min="1" size="5" placeholder="each" /></label>
      <button>Set</button>
      <button type="button" onClick=${clear} disabled=${value.faults.length === 0}>Clear all</button>
    </form>
    <${Problem} error=${problem} />
    ${value.faults.length === 0 && html`<${Empty}>Nothing goes wrong on purpose. Set a fault, then place a call.<//>`}
    <ul class="list">${value.faults.map((fault) => html`<li key=${fault.id} class="row">
      <${Badge} kind="bad">${fault.kind}<//> <span class="grow">${fault.number ? html`calls to <code>${fault.number}</code>` : fault.operation || 'every request'}</span>
      <span class="soft">took ${fault.taken}, fired ${fault.fired}</span></li>`)}</ul>
  </section>`;
}

/** The kinds of faults that this server has, as its own description says them. */
function kindsOf(document) {
  const found = JSON.stringify(document).match(/"kind":\{[^{}]*"enum":(\[[^\]]+\])/);
  return found ? JSON.parse(found[1]) : [];
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
