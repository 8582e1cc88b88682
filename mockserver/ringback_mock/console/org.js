// What is in the org to try things with.

import { html } from './preact.js';
import { Copy, Empty, refine } from './parts.js';

export function Org({ org, query }) {
  if (!org) return null;
  const names = new Map(org.users.map((user) => [user.id, user.name]));
  const text = query.get('text') || '';
  const asked = (kind) => org[kind].filter((one) => [JSON.stringify(one), names.get(one.user)].join(' ').toLowerCase().includes(text.toLowerCase()));
  return html`<section aria-label="Org">
    <h2><bdi>${org.name}</bdi> <code>${org.id}</code></h2>
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label>Search <input id="filter-text" value=${text} onInput=${(event) => refine('org', '', { text: event.target.value })} /></label>
    </form>
    <h3>Tokens</h3>
    <${Table} head=${['Token', 'Whose', '']} rows=${asked('tokens').map((token) => [
      html`<code>${token.value}</code>`,
      `${names.get(token.user) || token.client || ''}${token.expired ? ', expired' : ''}`,
      html`<${Copy} text=${token.value} />`,
    ])} />
    <h3>Users</h3>
    <${Table} head=${['Name', 'Id', 'Permissions', '']} rows=${asked('users').map((user) => [
      `${user.name}${user.enabled ? '' : ', disabled'}${user.station ? '' : ', no station'}`,
      html`<code>${user.id}</code>`,
      html`<details><summary>${user.permissions.length}</summary>${user.permissions.join(', ')}</details>`,
      html`<${Copy} text=${user.id} />`,
    ])} />
    <h3>Test numbers</h3>
    ${org.testNumbers.length === 0 && html`<${Empty}>The org has none; add <code>[[test_numbers]]</code> to its file.<//>`}
    <${Table} head=${['Number', 'What it does', '']} rows=${asked('testNumbers').map((number) => [
      html`<code>${number.first}${number.last && number.last !== number.first ? ` to ${number.last}` : ''}</code>`,
      [number.outcome, number.after && `after ${number.after} s`, number.hangsUpAfter && `hangs up after ${number.hangsUpAfter} s`].filter(Boolean).join(', '),
      html`<${Copy} text=${number.first} />`,
    ])} />
    <h3>Queues</h3>
    <${Table} head=${['Queue', 'Id', 'Members', '']} rows=${asked('queues').map((queue) => [
      queue.name,
      html`<code>${queue.id}</code>`,
      queue.members.map((id) => names.get(id) || id).join(', '),
      html`<${Copy} text=${queue.id} />`,
    ])} />
    <h3>OAuth clients</h3>
    <${Table} head=${['Client', 'Grants', 'Redirect URIs', '']} rows=${asked('clients').map((client) => [
      html`<code>${client.id}</code>`,
      client.grants.join(', '),
      client.redirectUris.join(' '),
      html`<${Copy} text=${client.id} />`,
    ])} />
  </section>`;
}

function Table({ head, rows }) {
  return html`<div class="scroll" tabindex="0"><table>
    <thead><tr>${head.map((name) => html`<th>${name || html`<span class="hidden">Copy</span>`}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
