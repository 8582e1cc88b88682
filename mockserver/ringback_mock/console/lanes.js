// A call as a picture.

import { html, useEffect, useRef, useState } from './preact.js';
import { OVER, clockTime } from './parts.js';

const LANE = 44;
const NARROWEST = 200;

/** One lane a participant; bars for what its leg does, and the commands at their moments, by their numbers. */
export function Lanes({ picture, now }) {
  const [ref, width] = useWidth();
  const begins = new Date(picture.startedAt).getTime();
  const ends = Math.max(lastMoment(picture, now), begins + 1000);
  const at = (text) => ((new Date(text).getTime() - begins) / (ends - begins)) * (width - 12);
  const height = picture.parties.length * LANE + 34;
  const names = new Map(picture.parties.map((party) => [party.id, party.name]));
  return html`<div ref=${ref}><svg class="lanes" width=${width} height=${height} role="img" aria-label=${told(picture)}>
    ${picture.marks.map((mark, number) => html`<g key=${number}>
      <line x1=${at(mark.at)} x2=${at(mark.at)} y1="0" y2=${height - 30} class="mark"><title>${mark.what}, ${clockTime(mark.at)}</title></line>
      <text x=${Math.min(at(mark.at), width - 14)} y=${height - 18 + (number % 2) * 13} class="mark-name">${number + 1}</text>
    </g>`)}
    ${picture.parties.map((party, number) => {
      const y = number * LANE + 20;
      return html`<g key=${party.id}>
        <text x="3" y=${y - 5}>${party.name.slice(0, Math.floor(width / 8))}</text>
        ${(picture.lanes[party.id] || []).map((bar) => {
          const x = at(bar.begins);
          const long = Math.max((bar.ends ? at(bar.ends) : ended(bar) ? x + 3 : width - 12) - x, 2);
          const kind = bar.held ? 'held' : bar.muted ? 'muted' : bar.state;
          return html`<g><rect x=${x} y=${y} width=${long} height="22" rx="3" class=${`bar ${kind}`}>
            <title>${kind} from ${clockTime(bar.begins)}${bar.ends ? ` to ${clockTime(bar.ends)}` : ''}</title></rect>
            ${long > kind.length * 7 + 8 && html`<text x=${x + 5} y=${y + 15} class="bar-name">${kind}</text>`}</g>`;
        })}
      </g>`;
    })}
  </svg>
  <ol class="marks">${picture.marks.map((mark) => html`<li><b>${mark.what}</b> ${names.get(mark.participantId) || ''} <span class="soft">${clockTime(mark.at)}</span></li>`)}</ol></div>`;
}

/** The room that there is, in pixels: what is written in the picture is as large on a telephone. */
function useWidth() {
  const ref = useRef();
  const [width, setWidth] = useState(NARROWEST);
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => setWidth(Math.max(NARROWEST, Math.floor(entry.contentRect.width))));
    seen.observe(ref.current);
    return () => seen.disconnect();
  }, []);
  return [ref, width];
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
