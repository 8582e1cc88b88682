// The page: which view is shown, the keys, and what is live.

import { html, render, useEffect, useState } from './preact.js';
import { adminToken, admin, listen } from './api.js';
import { Calls } from './calls.js';
import { Exchanges } from './exchanges.js';
import { Docs } from './docs.js';
import { Clock, Faults } from './faults.js';
import { Org } from './org.js';
import { Problem, useAsked, useRoute } from './parts.js';
import { Rules } from './rules.js';
import { Try } from './try.js';

const VIEWS = { calls: Calls, exchanges: Exchanges, try: Try, rules: Rules, org: Org, faults: Faults, api: Docs };
const NAMES = { calls: 'Calls', exchanges: 'Exchanges', try: 'Try', rules: 'Rules', org: 'Org', faults: 'Faults', api: 'API' };

function Console() {
  const route = useRoute();
  const [changes, setChanges] = useState(0);
  const [live, setLive] = useState(false);
  useEffect(() => listen(() => setChanges((count) => count + 1), setLive), []);
  useEffect(() => {
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  const { value: org, error } = useAsked('org', changes);
  if (error && error.status === 401) return html`<${Locked} error=${error} />`;
  const section = VIEWS[route.section] ? route.section : 'calls';
  document.title = `${NAMES[section]}${route.which ? `: ${route.which}` : ''} - Ringback`;
  const View = VIEWS[section];
  return html`<header>
      <a class="brand" href="#/calls">Ringback</a>
      <nav aria-label="Views">${Object.entries(NAMES).map(([each, name]) => html`<a href=${`#/${each}`} aria-current=${each === section ? 'page' : undefined}>${name}</a>`)}</nav>
      <span class=${`live ${live ? 'up' : ''}`} role="status">${live ? 'live' : 'no answer yet, asking again'}</span>
      <${Clock} changes=${changes} />
    </header>
    <main id="main" tabindex="-1"><${Problem} error=${error} />
      <${View} which=${route.which} query=${route.query} changes=${changes} org=${org} /></main>
    <footer class="soft">Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> open, <kbd>/</kbd> search, <kbd>Esc</kbd> back</footer>`;
}

/** Where the server has an admin token, the page asks for it once. */
function Locked({ error }) {
  const unlock = (event) => {
    event.preventDefault();
    adminToken.set(new FormData(event.target).get('token'));
    location.reload();
  };
  return html`<main class="locked"><h1>Ringback</h1>
    <p>${error.message}</p>
    <form onSubmit=${unlock}><label for="token">Admin token</label><br /><input id="token" name="token" type="password" autocomplete="off" required /> <button>Open</button></form>
  </main>`;
}

/** Leave what is open, and then the search. */
function leave() {
  const [path, query] = location.hash.split('?');
  const open = path.split('/').length > 2;
  location.hash = path.replace(/^(#\/[a-z]+).*/, '$1') + (open && query ? `?${query}` : '');
}

/** j and k move in the list, / searches, Esc leaves what is open. Enter is the browser's own. */
function pressed(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === 'Escape') {
    if (typing) event.target.blur();
    else leave();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    const inputs = document.querySelectorAll('[role=search] input');
    (inputs[inputs.length - 1] || document.querySelector('input, textarea'))?.focus();
    event.preventDefault();
  } else if (event.key === 'j' || event.key === 'k') {
    const rows = [...document.querySelectorAll('.list a')];
    const at = rows.indexOf(document.activeElement);
    const now = at < 0 ? rows.findIndex((row) => row.ariaCurrent) : at;
    const next = event.key === 'j' ? now + 1 : now < 0 ? 0 : now - 1;
    rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
  }
}

render(html`<${Console} />`, document.getElementById('console'));
