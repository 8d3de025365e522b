// The last calls that were denied or went wrong, from the audit trail.
import { lookupEvents, type TrailEvent } from '../../api/trail';

const MOST = 8;
const MOST_PAGES = 6;
const REACH_MS = 24 * 3_600_000;

export interface Recent {
  events: TrailEvent[];
  looked: number; // events
  whole: boolean; // nothing older in the last day was left out
}

export async function readRecent(signal: AbortSignal, look: typeof lookupEvents = lookupEvents): Promise<Recent> {
  const filter = { attributes: {}, start: new Date(Date.now() - REACH_MS) };
  const events: TrailEvent[] = [];
  let looked = 0;
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; ++page) {
    const found = await look(filter, token, { signal });
    looked += found.events.length;
    events.push(...found.events.filter(({ errorCode }) => errorCode));
    token = found.next;
    if (!token || events.length >= MOST) break;
  }
  return { events: events.slice(0, MOST), looked, whole: !token };
}
