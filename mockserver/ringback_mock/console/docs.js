// The operations that are served, as /openapi.json describes them.

import { html, useEffect, useState } from './preact.js';
import { Badge, Empty, Problem, go, pretty } from './parts.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];

export function Docs({ which, query }) {
  const [document, setDocument] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    fetch('/openapi.json').then((answer) => answer.json()).then(setDocument).catch(setProblem);
  }, []);
  if (problem) return html`<${Problem} error=${problem} />`;
  if (!document) return null;
  const text = (query.get('text') || '').toLowerCase();
  const all = operationsOf(document);
  const shown = all.filter((each) => !text || `${each.method} ${each.path} ${each.id} ${each.summary}`.toLowerCase().includes(text));
  const chosen = all.find((each) => each.id === which);
  return html`<div class="split">
    <section aria-label="Operations">
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Search <input id="filter-text" value=${query.get('text') || ''} onInput=${(event) => go('api', which, { text: event.target.value })} /></label>
        <span class="soft">${shown.length} of ${all.length}</span>
      </form>
      ${shown.length === 0 && html`<${Empty}>No operation that is served is so. <a href="#/api">Show all</a><//>`}
      <ul class="list">${shown.map((each) => html`<li key=${each.id} class=${each.id === which ? 'chosen' : ''}>
        <a href=${`#/api/${each.id}${text ? `?text=${encodeURIComponent(text)}` : ''}`}>
          <${Badge} kind="method">${each.method}<//> <span class="grow">${each.path}<br /><span class="soft">${each.summary}</span></span>
        </a></li>`)}</ul>
    </section>
    ${chosen && html`<${Operation} key=${which} operation=${chosen} document=${document} />`}
  </div>`;
}

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      ...item[method],
      id: item[method].operationId,
      summary: item[method].summary || '',
      method: method.toUpperCase(),
      path,
    })),
  );
}

/** What a `$ref` stands for. */
function resolved(value, document) {
  if (!value || !value.$ref) return value;
  return value.$ref.split('/').slice(1).reduce((at, name) => at && at[name.replaceAll('~1', '/')], document);
}

function Operation({ operation, document }) {
  const parameters = (operation.parameters || []).map((each) => resolved(each, document));
  const body = resolved(operation.requestBody, document);
  return html`<section class="detail" aria-label="Operation">
    <h2>${operation.method} ${operation.path}</h2>
    <p>${operation.summary} <code>${operation.id}</code></p>
    ${operation.description && html`<p class="kept">${operation.description}</p>`}
    ${parameters.length > 0 && html`<h3>Parameters</h3>
      <dl>${parameters.map((each) => html`<dt><code>${each.name}</code> in ${each.in}${each.required ? ', required' : ''}</dt><dd>${each.description || ''}</dd>`)}</dl>`}
    ${body && Object.entries(body.content).map(([type, each]) => html`<h3>Body, ${type}</h3><pre>${pretty(withoutRefs(each.schema, document))}</pre>`)}
    <h3>Answers</h3>
    <dl>${Object.entries(operation.responses).map(([status, each]) => html`<dt>${status}</dt><dd class="kept">${resolved(each, document).description}</dd>`)}</dl>
  </section>`;
}

/** The schema with what its references stand for, three deep. */
function withoutRefs(value, document, depth = 3) {
  if (Array.isArray(value)) return value.map((each) => withoutRefs(each, document, depth));
  if (!value || typeof value !== 'object') return value;
  if (value.$ref) return depth ? withoutRefs(resolved(value, document), document, depth - 1) : value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutRefs(each, document, depth)]));
}
