// Every rule, how it is known, and whether this run has met it.

import { html } from './preact.js';
import { Badge, Copy, Detail, Empty, Waiting, placeOf, refine, useAsked } from './parts.js';

export function Rules({ which, query, changes }) {
  const { value, error } = useAsked('rules', 0);
  const met = useAsked('exchanges', changes, { limit: 500 });
  if (!value) return html`<${Waiting} error=${error} />`;
  const text = (query.get('text') || '').toLowerCase();
  const count = new Map();
  for (const { verdict } of (met.value && met.value.exchanges) || []) {
    if (verdict && verdict.rule) count.set(verdict.rule, (count.get(verdict.rule) || 0) + 1);
  }
  const shown = value.rules.filter((rule) => !text || JSON.stringify(rule).toLowerCase().includes(text));
  const chosen = value.rules.find((rule) => rule.id === which);
  return html`<div class="split">
    <section aria-label="Rules">
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Search <input id="filter-text" value=${query.get('text') || ''} onInput=${(event) => refine('rules', which, { text: event.target.value })} /></label>
        <span class="soft">${shown.length} of ${value.rules.length}</span>
      </form>
      ${shown.length === 0 && html`<${Empty}>No rule says that. <a href="#/rules">Show all</a><//>`}
      <ul class="list">${shown.map((rule) => html`<li key=${rule.id} class=${rule.id === which ? 'chosen' : ''}>
        <a href=${placeOf('rules', rule.id, { text })} aria-current=${rule.id === which ? 'true' : undefined}>
          <${Badge} kind="status bad">${rule.status}<//> <span class="grow"><b>${rule.id}</b><br /><span class="soft">${rule.title}</span></span>
          <${Badge} kind=${rule.evidence}>${rule.evidence}<//>
          ${count.has(rule.id) && html`<${Badge} kind="met">met ${count.get(rule.id)}×<//>`}
        </a></li>`)}</ul>
    </section>
    ${which && !chosen && html`<section><${Empty}>No rule has the id ${which}.<//></section>`}
    ${chosen && html`<${Detail} key=${which} name="Rule" back=${placeOf('rules', '', { text })}>
      <h2>${chosen.id} <${Copy} text=${chosen.id} label="Copy id" /></h2>
      <p>${chosen.title}</p>
      <dl>
        <dt>Answer</dt><dd>${chosen.status} <code>${chosen.code}</code> ${chosen.message}</dd>
        <dt>Fix</dt><dd>${chosen.fix}</dd>
        <dt>Known</dt><dd><${Badge} kind=${chosen.evidence}>${chosen.evidence}<//> ${chosen.source}</dd>
        <dt>Stage</dt><dd>${chosen.stage}</dd>
        <dt>Operations</dt><dd>${chosen.operations ? chosen.operations.join(', ') : 'all'}</dd>
        ${count.has(chosen.id) && html`<dt>In this run</dt><dd><a href=${`#/exchanges?rule=${chosen.id}`}>${count.get(chosen.id)} exchanges</a></dd>`}
      </dl>
      <${Examples} title="Refused by it" examples=${chosen.rejects} />
      <${Examples} title="Not refused" examples=${chosen.accepts} />
    <//>`}
  </div>`;
}

/** Requests that alice sends; where nothing else is said, to place a call. */
function Examples({ title, examples }) {
  return html`<h3>${title}</h3>${examples.map((example) => html`<pre>${JSON.stringify(example)}</pre>`)}`;
}
