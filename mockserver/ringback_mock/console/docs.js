// The operations that are served, as /openapi.json describes them.

import { html, useEffect, useState } from './preact.js';
import { Badge, Detail, Empty, Waiting, placeOf, refine } from './parts.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];

export function Docs({ which, query }) {
  const [document, setDocument] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    fetch('/openapi.json').then((answer) => answer.json()).then(setDocument).catch(setProblem);
  }, []);
  if (!document) return html`<${Waiting} error=${problem} />`;
  const text = (query.get('text') || '').toLowerCase();
  const all = operationsOf(document);
  const shown = all.filter((each) => !text || `${each.method} ${each.path} ${each.id} ${each.summary}`.toLowerCase().includes(text));
  const chosen = all.find((each) => each.id === which);
  return html`<div class="split">
    <section aria-label="Operations">
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Search <input id="filter-text" value=${query.get('text') || ''} onInput=${(event) => refine('api', which, { text: event.target.value })} /></label>
        <span class="soft">${shown.length} of ${all.length}</span>
      </form>
      ${shown.length === 0 && html`<${Empty}>No operation that is served is so. <a href="#/api">Show all</a><//>`}
      <ul class="list">${shown.map((each) => html`<li key=${each.id} class=${each.id === which ? 'chosen' : ''}>
        <a href=${placeOf('api', each.id, { text })} aria-current=${each.id === which ? 'true' : undefined}>
          <${Badge} kind="method">${each.method}<//> <span class="grow">${each.path}<br /><span class="soft">${each.summary}</span></span>
        </a></li>`)}</ul>
    </section>
    ${chosen && html`<${Operation} key=${which} operation=${chosen} document=${document} back=${placeOf('api', '', { text })} />`}
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

function Operation({ operation, document, back }) {
  const parameters = (operation.parameters || []).map((each) => resolved(each, document));
  const body = resolved(operation.requestBody, document);
  return html`<${Detail} name="Operation" back=${back}>
    <h2>${operation.method} ${operation.path}</h2>
    <p>${operation.summary} <code>${operation.id}</code></p>
    ${operation.description && html`<p class="kept">${operation.description}</p>`}
    ${parameters.length > 0 && html`<h3>Parameters</h3>
      <dl>${parameters.map((each) => html`<dt><code>${each.name}</code> in ${each.in}${each.required ? ', required' : ''}</dt><dd>${each.description || ''}</dd>`)}</dl>`}
    ${body && Object.entries(body.content).map(([type, each]) => html`<h3>Body, ${type}</h3><${Shape} value=${each.schema} document=${document} />`)}
    <h3>Answers</h3>
    <dl>${Object.entries(operation.responses).map(([status, each]) => html`<${Answer} key=${status} status=${status} answer=${resolved(each, document)} document=${document} />`)}</dl>
  <//>`;
}

function Answer({ status, answer, document }) {
  const json = answer.content && answer.content['application/json'];
  const rules = Object.entries(answer['x-ringback-rules'] || {});
  return html`<dt>${status}</dt><dd><span class="kept">${answer.description}</span>
    ${rules.length > 0 && html`<details><summary>${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}</summary>
      ${rules.map(([rule, title]) => html`<p><a href=${placeOf('rules', rule)}>${rule}</a> <span class="soft">${title}</span></p>`)}</details>`}
    ${json && html`<${Fold} value=${json.schema} document=${document} />`}</dd>`;
}

/** A schema: what it says, its fields, and what else it may be. */
function Shape({ value, document }) {
  const schema = resolved(value, document) || {};
  const required = schema.required || [];
  return html`<div>
    ${schema.description && html`<p class="soft">${schema.description}</p>`}
    ${schema.enum && html`<p>${schema.enum.map((each) => html`<code>${JSON.stringify(each)}</code> `)}</p>`}
    ${schema.pattern && html`<p class="soft">like <code>${schema.pattern}</code></p>`}
    ${(schema.allOf || []).map((each) => html`<${Shape} value=${each} document=${document} />`)}
    ${!schema.allOf && choicesOf(schema).map((each) => html`<${Fold} value=${each} document=${document} />`)}
    ${schema.properties && html`<dl>${Object.entries(schema.properties).map(
      ([name, each]) => html`<dt><code>${name}</code>${required.includes(name) ? ', required' : ''}</dt><dd><${Field} value=${each} document=${document} /></dd>`,
    )}</dl>`}
    ${schema.items && html`<${Shape} value=${schema.items} document=${document} />`}
  </div>`;
}

const choicesOf = ({ oneOf, anyOf, allOf }) => (oneOf || anyOf || allOf || []).filter((each) => typeof each === 'object');

/** A field in a line; what has fields itself unfolds. */
function Field({ value, document }) {
  const schema = resolved(value, document) || {};
  const within = resolved(schema.items, document) || schema;
  if (within.properties || choicesOf(within).length > 0) return html`<${Fold} value=${value} document=${document} />`;
  return html`<span class="soft">${nameOf(schema, document)}</span> ${schema.description || ''}${schema.enum && schema.enum.map((each) => html` <code>${JSON.stringify(each)}</code>`)}`;
}

/** Schemas hold each other, so what is within is made when it is wanted. */
function Fold({ value, document }) {
  const [open, setOpen] = useState(false);
  const schema = resolved(value, document) || {};
  return html`<details onToggle=${(event) => setOpen(event.target.open)}><summary>${nameOf(schema, document)}</summary>
    ${open && html`<${Shape} value=${schema} document=${document} />`}</details>`;
}

function nameOf(value, document) {
  const schema = resolved(value, document) || {};
  if (schema.items) return `list of ${nameOf(schema.items, document)}`;
  const names = choicesOf(schema).map((each) => nameOf(each, document)).filter((name) => !/^(object|anything)$/.test(name));
  return schema.title || [...new Set(names)].join(schema.allOf ? ' and ' : ' or ') || [schema.type || schema.const || 'anything'].flat().join(' or ');
}
