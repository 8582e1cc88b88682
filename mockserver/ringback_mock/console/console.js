// The page: which view is shown, the keys, and what is live.

import { html, render, useEffect, useRef, useState } from './preact.js';
import { adminToken, admin, listen } from './api.js';
import { Calls } from './calls.js';
import { Exchanges } from './exchanges.js';
import { Docs } from './docs.js';
import { Clock, Faults } from './faults.js';
import { Org } from './org.js';
import { pressed } from './keys.js';
import { Problem, Waiting, useAsked, useRoute } from './parts.js';
import { Rules } from './rules.js';
import { Try } from './try.js';

const VIEWS = { calls: Calls, exchanges: Exchanges, try: Try, rules: Rules, org: Org, faults: Faults, api: Docs };
const NAMES = { calls: 'Calls', exchanges: 'Exchanges', try: 'Try', rules: 'Rules', org: 'Org', faults: 'Faults', api: 'API' };

/** What it shows is asked for once the line is up, lest everything be asked for twice. */
function Console() {
  const [changes, setChanges] = useState(0);
  const [live, setLive] = useState(false);
  useEffect(() => listen(() => setChanges((count) => count + 1), setLive), []);
  return changes > 0 ? html`<${Shown} changes=${changes} live=${live} />` : html`<main><${Waiting} /></main>`;
}

function Shown({ changes, live }) {
  const route = useRoute();
  useEffect(() => {
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  const { value: org, error } = useAsked('org', changes);
  const [heldAt, setHeldAt] = useState(null); // so many changes, while the lists stand still
  const section = VIEWS[route.section] ? route.section : 'calls';
  const heading = useRef();
  const shown = useRef(section);
  useEffect(() => {
    if (section !== shown.current && !route.which) heading.current?.focus();
    shown.current = section;
  }, [section]);
  document.title = `${NAMES[section]}${route.which ? `: ${route.which}` : ''} - Ringback`;
  if (error && error.status === 401) return html`<${Locked} error=${error} />`;
  const View = VIEWS[section];
  return html`<a class="skip" href="#main" onClick=${skip}>To the content</a>
    <header>
      <a class="brand" href="#/calls">Ringback</a>
      <nav aria-label="Views">${Object.entries(NAMES).map(([each, name]) => html`<a href=${`#/${each}`} aria-current=${each === section ? 'page' : undefined}>${name}</a>`)}</nav>
      <span class=${`live ${live ? 'up' : ''}`}><span role="status">${live ? 'live' : 'no answer yet, asking again'}</span>
        <button type="button" class="small" aria-pressed=${String(heldAt !== null)} onClick=${() => setHeldAt(heldAt === null ? changes : null)}>Pause the lists</button></span>
      <${Clock} changes=${changes} />
    </header>
    <main id="main" tabindex="-1"><h1 class="hidden" tabindex="-1" ref=${heading}>${NAMES[section]}</h1>
      <${Problem} error=${error} />
      <${View} which=${route.which} query=${route.query} changes=${changes} heldAt=${heldAt} org=${org} /></main>
    <footer class="soft">Keys: <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> open, <kbd>/</kbd> search, <kbd>Esc</kbd> back</footer>`;
}

/** An address of the page is a view, so that it cannot be one of a place in it too. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
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

render(html`<${Console} />`, document.getElementById('console'));
