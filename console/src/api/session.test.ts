import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Credential } from './credential';
import { type Session, session } from './session';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const credential = (accessKeyId: string, lasts: number) =>
  ({ accessKeyId, expires: Date.now() + lasts }) as Credential;
const identity = { accountId: '1', kind: 'user', name: 'ann', arn: 'acs:ram::1:user/ann' } as const;

function start(renew: Session['renew']) {
  const first = credential('first', HOUR);
  session.signIn({ credential: first, identity, renew });
  return first;
}

describe('a session', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    session.signOut();
    vi.useRealTimers();
  });

  it('is renewed before it ends, once for all who need it', async () => {
    const renew = vi.fn(() => Promise.resolve(credential('second', HOUR)));
    const first = start(renew);
    vi.advanceTimersByTime(54 * MINUTE);
    expect(await session.credential()).toBe(first);
    expect(renew).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2 * MINUTE);
    const both = await Promise.all([session.credential(), session.credential()]);
    expect(both.map(({ accessKeyId }) => accessKeyId)).toEqual(['second', 'second']);
    expect(renew.mock.calls).toEqual([[first, false]]);
  });

  it('that cannot be renewed is used to its end, and then somebody is asked', async () => {
    const renew = vi.fn(() => Promise.reject(new Error('no longer')));
    const first = start(renew);
    vi.advanceTimersByTime(56 * MINUTE);
    expect(await session.credential()).toBe(first);
    expect(await session.credential()).toBe(first);
    expect(renew).toHaveBeenCalledTimes(1); // not with each request
    vi.advanceTimersByTime(MINUTE);
    await session.credential();
    expect(renew).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(4 * MINUTE);
    const waiting = session.credential();
    await vi.waitFor(() => expect(session.isExpired()).toBe(true));
    const again = credential('again', HOUR);
    session.signIn({ credential: again, identity, renew });
    expect(await waiting).toBe(again);
  });

  it('that the server refuses is replaced, where there is a key', async () => {
    const next = credential('second', HOUR);
    const renew = vi.fn(() => Promise.resolve(next));
    const first = start(renew);
    await session.refused(first);
    expect(renew.mock.calls).toEqual([[first, true]]);
    expect(await session.credential()).toBe(next);
    await session.refused(first); // an answer that comes late
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('that the server refuses is asked for, where there is none', async () => {
    const first = start(() => Promise.reject(new Error('no key')));
    await session.refused(first);
    expect(session.isExpired()).toBe(true);
    session.signOut();
    await expect(session.credential()).rejects.toThrow('signed out');
  });
});
