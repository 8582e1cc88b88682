// An answer that is a page, as people read it.

const LINES = 'title, h1, h2, h3, h4, p, li, dt, dd, tr, div, br, pre, button';

/** Whether the message says that it is a page. */
export function isPage({ headers, body }) {
  const kind = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return typeof body === 'string' && body !== '' && Boolean(kind) && /^text\/html\b/i.test(kind[1]);
}

/** The text of a page. It is parsed and never shown, so that nothing in it runs and nothing is loaded. */
export function textOf(page) {
  const parsed = new DOMParser().parseFromString(page, 'text/html');
  for (const silent of parsed.querySelectorAll('style, script, template, noscript, head meta, head link')) silent.remove();
  for (const line of parsed.querySelectorAll(LINES)) line.after('\n');
  const lines = parsed.documentElement.textContent.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  return lines.filter((line, number) => line !== '' || (number > 0 && lines[number - 1] !== '')).join('\n').trim();
}
