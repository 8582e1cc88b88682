// An answer that is a page, as people read it.

const SILENT = /<(style|script|template|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)/gi;
const INLINE = /<\/?(?:a|abbr|b|bdi|code|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)\b[^<>]*>/gi;

/** Whether the message says that it is a page. */
export function isPage({ headers, body }) {
  const kind = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return typeof body === 'string' && body !== '' && Boolean(kind) && /^text\/html\b/i.test(kind[1]);
}

/**
 * The text of a page, a line for each of its blocks. It is shown as text, whatever is left of its markup. What the
 * policy forbids is not even parsed, for a browser tells of that on its console as of something that was tried.
 */
export function textOf(page) {
  const bare = page.replace(SILENT, '').replace(/\s+/g, ' ').replace(INLINE, '').replace(/<[^<>]*>/g, '\n').replaceAll('<', '&lt;');
  const told = new DOMParser().parseFromString(bare, 'text/html').documentElement.textContent;
  return told.split('\n').map((line) => line.trim()).filter(Boolean).join('\n');
}
