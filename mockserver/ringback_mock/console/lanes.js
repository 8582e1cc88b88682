// A call as a picture.

import { html } from './preact.js';
import { OVER, clockTime } from './parts.js';

const WIDTH = 720;
const LEFT = 130;
const LANE = 34;

/** One lane a participant; bars for what its leg does, and the commands at their moments. */
export function Lanes({ picture, now }) {
  const begins = new Date(picture.startedAt).getTime();
  const ends = Math.max(lastMoment(picture, now), begins + 1000);
  const at = (text) => LEFT + ((new Date(text).getTime() - begins) / (ends - begins)) * (WIDTH - LEFT - 10);
  const height = picture.parties.length * LANE + 40;
  return html`<svg class="lanes" viewBox=${`0 0 ${WIDTH} ${height}`} role="img" aria-label=${told(picture)}>
    ${picture.parties.map((party, number) => {
      const y = number * LANE + 6;
      return html`<g key=${party.id}>
        <text x="0" y=${y + 16} class="lane-name">${party.name.slice(0, 18)}</text>
        ${(picture.lanes[party.id] || []).map((bar) => {
          const x = at(bar.begins);
          const width = Math.max((bar.ends ? at(bar.ends) : ended(bar) ? x + 3 : WIDTH - 10) - x, 2);
          const kind = bar.held ? 'held' : bar.muted ? 'muted' : bar.state;
          return html`<g><rect x=${x} y=${y} width=${width} height="22" rx="3" class=${`bar ${kind}`}>
            <title>${kind} from ${clockTime(bar.begins)}${bar.ends ? ` to ${clockTime(bar.ends)}` : ''}</title></rect>
            ${width > kind.length * 7 + 8 && html`<text x=${x + 5} y=${y + 15} class="bar-name">${kind}</text>`}</g>`;
        })}
      </g>`;
    })}
    ${picture.marks.map((mark, number) => html`<g key=${number}>
      <line x1=${at(mark.at)} x2=${at(mark.at)} y1="0" y2=${height - 26} class="mark"><title>${mark.what}, ${clockTime(mark.at)}</title></line>
      <text x=${Math.min(at(mark.at) + 2, WIDTH - 60)} y=${height - 14 + (number % 2) * 11} class="mark-name">${mark.what}</text>
    </g>`)}
  </svg>`;
}

const ended = (bar) => OVER.includes(bar.state);

function lastMoment(picture, now) {
  if (picture.active) return now;
  const moments = Object.values(picture.lanes).flatMap((bars) => bars.map((bar) => new Date(bar.begins).getTime()));
  return Math.max(...moments);
}

function told(picture) {
  return picture.parties.map((party) => `${party.name}: ${(picture.lanes[party.id] || []).map((bar) => bar.state).join(', ')}`).join('; ');
}
