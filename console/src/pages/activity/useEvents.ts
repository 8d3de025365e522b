// The events that are wanted: pages of them, and, followed live, what has come since.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { lookupEvents, type TrailEvent } from '../../api/trail';
import { filterOf, type Wanted } from './Filters';
import { merged } from './events';

const LIVE_MS = 3_000;
const MOST_LIVE = 2_000; // events
const MOST_BEHIND = 5; // pages that came between two looks
const MOST_SOUGHT = 10; // pages that are looked through for what fits

// What came before any that is known; undefined: more than is looked at.
async function since(wanted: Wanted, known: Set<string>, signal: AbortSignal) {
  const found: TrailEvent[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_BEHIND; ++page) {
    const { events, next } = await lookupEvents(filterOf(wanted), token, { signal });
    const old = events.findIndex(({ eventId }) => known.has(eventId));
    found.push(...(old < 0 ? events : events.slice(0, old)));
    if (old >= 0 || !next) return found;
    token = next;
  }
  return undefined;
}

export function useEvents(wanted: Wanted, live: boolean, fits: (event: TrailEvent) => boolean, enough: number) {
  const queries = useQueryClient();
  const key = ['activity', wanted.service, wanted.user, wanted.event, wanted.resource, wanted.rw, wanted.range];
  const liveKey = [...key, 'live'];
  const query = useInfiniteQuery({
    queryKey: key, initialPageParam: undefined as string | undefined, retry: false,
    queryFn: ({ signal, pageParam }) => lookupEvents(filterOf(wanted), pageParam, { signal }),
    getNextPageParam: (page) => page.next,
  });
  const older = query.data?.pages.flatMap((page) => page.events) ?? [];
  // Not while the page is hidden: what came meanwhile is read when it is seen again.
  const fresh = useQuery({
    queryKey: liveKey, enabled: live && query.isSuccess, refetchInterval: LIVE_MS, retry: false,
    queryFn: async ({ signal }) => {
      const before = queries.getQueryData<TrailEvent[]>(liveKey) ?? [];
      const known = [...before, ...older].map(({ eventId }) => eventId);
      const found = await since(wanted, new Set(known), signal);
      if (found) return merged(found, before).slice(0, MOST_LIVE);
      await query.refetch();
      return [];
    },
  });
  const all = merged(fresh.data ?? [], older);
  const events = all.filter(fits);

  // What fits may be rare: a few pages are looked through without being asked for.
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const pages = query.data?.pages.length ?? 0;
  const more = hasNextPage && !isFetching && events.length < enough && pages < MOST_SOUGHT;
  useEffect(() => {
    if (more) void fetchNextPage();
  }, [more, pages, fetchNextPage]);
  return { all, events, query, error: query.error ?? fresh.error };
}
