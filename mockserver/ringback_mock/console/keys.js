// What the keys do, and where the focus is when something opens or closes.

/** The row of what is open, or else the whole view: there the keys go on when it closes. */
export function toRow() {
  (document.querySelector('.list a[aria-current]') || document.getElementById('main'))?.focus();
}

/** Leave what is open, and then the search. */
function leave() {
  const [path, query] = location.hash.split('?');
  const open = path.split('/').length > 2;
  if (open) toRow();
  location.hash = path.replace(/^(#\/[a-z]+).*/, '$1') + (open && query ? `?${query}` : '');
}

/** j and k move in the list, / searches, Esc leaves what is open. Enter is the browser's own. */
export function pressed(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === 'Escape') {
    if (typing) event.target.blur();
    else leave();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    const inputs = document.querySelectorAll('[role=search] input');
    (inputs[inputs.length - 1] || document.querySelector('main input, main textarea'))?.focus();
    event.preventDefault();
  } else if (event.key === 'j' || event.key === 'k') {
    const rows = [...document.querySelectorAll('.list a')];
    const at = rows.indexOf(document.activeElement);
    const now = at < 0 ? rows.findIndex((row) => row.ariaCurrent) : at;
    const next = event.key === 'j' ? now + 1 : now < 0 ? 0 : now - 1;
    rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
  }
}
