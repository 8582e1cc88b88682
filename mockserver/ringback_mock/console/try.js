// Paste what you have and see what is said of it, or place a call.

import { html, useState } from './preact.js';
import { admin, call } from './api.js';
import { Badge, Explained, Problem, pretty, refine, say, tokenOf } from './parts.js';

const EXAMPLE = '{"to": "+442079460100", "from": "user:a11ce000-0000-4000-8000-000000000001"}';

const OUTCOMES = { answer: 'answers', busy: 'is busy', no_answer: 'does not answer', voicemail: 'has voicemail' };

export function Try({ query, org }) {
  const asked = Object.fromEntries(['number', 'token', 'text'].map((name) => [name, query.get(name)]));
  const set = (name) => (event) => refine('try', '', { ...asked, [name]: event.target.value });
  return html`<div class="columns"><${Place} org=${org} asked=${asked} set=${set} /><${Paste} org=${org} text=${asked.text ?? EXAMPLE} set=${set} /></div>`;
}

function Place({ org, asked, set }) {
  const number = asked.number ?? '+442079460100';
  const token = asked.token || tokenOf(org);
  const [answer, setAnswer] = useState(null);
  const [explanation, setExplanation] = useState(null);
  const [problem, setProblem] = useState(null);
  const place = async (event) => {
    event.preventDefault();
    setProblem(null);
    setExplanation(null);
    setAnswer(null);
    const got = await call('POST', '/api/v2/conversations/calls', token, { phoneNumber: number }).catch(setProblem);
    if (!got) return;
    setAnswer(got);
    say(got.status < 400 ? 'The call is accepted' : `Refused with ${got.status}`);
    const id = got.headers.get('ININ-Correlation-Id');
    if (got.status >= 400 && id) admin(`exchanges/${id}`).then((kept) => setExplanation(kept.explanation)).catch(setProblem);
  };
  const made = answer && answer.status < 400 && idIn(answer.text);
  return html`<section aria-label="Place a call">
    <h2>Place a call</h2>
    <form onSubmit=${place}>
      <p><label for="try-number">Number</label><br />
        <input id="try-number" value=${number} onInput=${set('number')} list="try-numbers" required />
        <datalist id="try-numbers">${org && org.testNumbers.map((each) => html`<option value=${each.first}>${each.outcome}</option>`)}</datalist></p>
      <p><label for="try-token">Token</label><br />
        <select id="try-token" value=${token} onChange=${set('token')}>
          ${((org && org.tokens) || []).map((each) => html`<option value=${each.value}>${each.value}, ${whose(each, org)}</option>`)}
        </select></p>
      <button>Call</button>
      <p class="row soft">A number that ${examplesOf(org).map(([number, told]) => html`<button type="button" class="small" onClick=${() => refine('try', '', { ...asked, number })}>${told}</button>`)}</p>
    </form>
    ${answer && html`<p role="status"><${Badge} kind=${answer.status < 400 ? 'good' : 'bad'}>${answer.status}<//>
      ${made ? html` The call is accepted: <a href=${`#/calls/${made}`}>follow it</a>` : ''}</p>`}
    ${explanation && html`<${Explained} explanation=${explanation} token=${token} />`}
    ${answer && !made && html`<details open=${!explanation}><summary>The answer as it came</summary><pre>${pretty(answer.text)}</pre></details>`}
    <${Problem} error=${problem} />
  </section>`;
}

/** Whom a token is of, and what keeps it from placing calls. */
function whose(token, org) {
  const user = org.users.find((one) => one.id === token.user);
  if (token.expired) return 'expired';
  return user ? `of ${user.name}${user.station ? '' : ', who has no station'}` : 'of no user';
}

/** A number that is refused, and the first of each outcome that the org has. */
function examplesOf(org) {
  const found = new Map([['CALL-ALICE', 'is refused']]);
  const told = new Set();
  for (const { first, outcome } of (org && org.testNumbers) || []) {
    if (OUTCOMES[outcome] && !told.has(outcome)) found.set(first, OUTCOMES[outcome]);
    told.add(outcome);
  }
  return [...found];
}

/** The id of the call; an answer that a fault has struck may hold none. */
function idIn(text) {
  try {
    return JSON.parse(text).id;
  } catch {
    return undefined;
  }
}

function Paste({ org, text, set }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const explain = (event) => {
    event.preventDefault();
    setProblem(null);
    setFound(null);
    admin('explain', { method: 'POST', body: text }).then((told) => setFound(told.explanations)).catch(setProblem);
  };
  return html`<section aria-label="Explain">
    <h2>Explain</h2>
    <form onSubmit=${explain}>
      <p><label for="try-text">A request, code, curl, HAR, or the error that came back</label><br />
        <textarea id="try-text" rows="10" spellcheck="false" value=${text} onInput=${set('text')}></textarea></p>
      <button>Explain</button>
    </form>
    <div role="status">${found && found.map((one) => html`${one.request && html`<p class="soft">${one.request.method} ${one.request.path}</p>`}<${Explained} explanation=${one} token=${tokenOf(org)} />`)}</div>
    <${Problem} error=${problem} />
  </section>`;
}
