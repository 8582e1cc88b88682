// Every rule, how it is known, and whether this run has met it.

import { html } from './preact.js';
import { Badge, Copy, Empty, Problem, go, useAsked } from './parts.js';

export function Rules({ which, query, changes }) {
  const { value, error } = useAsked('rules', 0);
  const met = useAsked('exchanges', changes, { limit: 500 });
  if (error) return html`<${Problem} error=${error} />`;
  if (!value) return null;
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
        <label>Search <input id="filter-text" value=${query.get('text') || ''} onInput=${(event) => go('rules', which, { text: event.target.value })} /></label>
        <span class="soft">${shown.length} of ${value.rules.length}</span>
      </form>
      ${shown.length === 0 && html`<${Empty}>No rule says that. <a href="#/rules">Show all</a><//>`}
      <ul class="list">${shown.map((rule) => html`<li key=${rule.id} class=${rule.id === which ? 'chosen' : ''}>
        <a href=${`#/rules/${rule.id}${text ? `?text=${encodeURIComponent(text)}` : ''}`}>
          <${Badge} kind="bad">${rule.status}<//> <span class="grow"><b>${rule.id}</b><br /><span class="soft">${rule.title}</span></span>
          ${count.has(rule.id) && html`<${Badge} kind="met">met ${count.get(rule.id)}×<//>`}
        </a></li>`)}</ul>
    </section>
    ${which && !chosen && html`<section><${Empty}>No rule has the id ${which}.<//></section>`}
    ${chosen && html`<section class="detail" aria-label="Rule">
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
    </section>`}
  </div>`;
}
