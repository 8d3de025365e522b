import { expect, it } from 'vitest';
import type { TrailEvent } from '../../api/trail';
import { readRecent } from './recent';

const event = (eventId: number, errorCode?: string) => ({ eventId: String(eventId), errorCode }) as TrailEvent;
const { signal } = new AbortController();

it('looks further back until there are enough that failed', async () => {
  let asked = 0;
  const recent = await readRecent(signal, async (_, token) => {
    const page = Number(token ?? 0);
    ++asked;
    return { events: [event(page), event(page + 0.5, 'AccessDenied')], next: page < 2 ? String(page + 1) : undefined };
  });
  expect(recent.events.map(({ eventId }) => eventId)).toEqual(['0.5', '1.5', '2.5']);
  expect(recent).toMatchObject({ looked: 6, whole: true });
  expect(asked).toBe(3);
});

it('does not look through everything', async () => {
  const recent = await readRecent(signal, async (_, token) =>
    ({ events: [event(Number(token ?? 0))], next: String(Number(token ?? 0) + 1) }));
  expect(recent).toEqual({ events: [], looked: 6, whole: false });
});
