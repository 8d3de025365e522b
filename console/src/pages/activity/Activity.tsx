// What was called, by whom, and how it ended; from a denial to the statement that decided it.
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Spin, Switch, Table, Typography } from 'antd';
import { useState } from 'react';
import { lookupEvents, type TrailEvent } from '../../api/trail';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { useSession } from '../../app/useSession';
import { Failure } from '../../components/Failure';
import { Details, Outcome, Who } from './Details';
import { isDenied, isOwnRead } from './events';
import { Filters, useWanted, type Wanted } from './Filters';
import { text as messages } from './messages';
import { useEvents } from './useEvents';
import styles from './Activity.module.css';

const ENOUGH = 25;

// LookupEvents knows no condition for how a call ended.
const fits = (event: TrailEvent, outcome: Wanted['outcome']) =>
  outcome === 'any' || (outcome === 'denied' ? isDenied(event) : Boolean(event.errorCode));

// The one that the page's address names.
function useLinked(id: string | undefined) {
  const query = useQuery({
    queryKey: ['activity', 'event', id], enabled: id !== undefined, retry: false, staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const start = new Date(Date.now() - 90 * 86_400_000);
      return (await lookupEvents({ attributes: { EventId: id }, start }, undefined, { signal })).events[0] ?? null;
    },
  });
  return query.data ?? undefined;
}

function EventTable({ events, loading, none, onShow }: {
  events: TrailEvent[]; loading: boolean; none: string; onShow: (event: TrailEvent) => void;
}) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <Card styles={{ body: { padding: 0 } }}>
      <Table<TrailEvent> dataSource={events} rowKey="eventId" size="small" pagination={false}
        loading={{ spinning: loading, indicator: <Spin aria-label={t.time} /> }}
        scroll={{ x: 'max-content' }} locale={{ emptyText: none }}
        columns={[
          {
            title: t.time, dataIndex: 'eventTime', width: 190,
            render: (time: string) => <span style={{ whiteSpace: 'nowrap' }}>{format.time(time)}</span>,
          },
          {
            title: t.what, render: (_, event) => (
              <Button type="link" size="small" className={styles.call} onClick={() => onShow(event)}>
                {`${event.serviceName} · ${event.eventName}`}
              </Button>
            ),
          },
          { title: t.who, render: (_, event) => <Who event={event} /> },
          {
            title: t.on, dataIndex: 'resourceName', render: (name?: string) => (
              <Typography.Text ellipsis={{ tooltip: name }} style={{ maxWidth: 300 }}>
                <bdi>{name ?? ''}</bdi>
              </Typography.Text>
            ),
          },
          { title: t.outcome, render: (_, event) => <Outcome event={event} /> },
          { title: t.from, dataIndex: 'sourceIpAddress', responsive: ['lg'] },
        ]} />
    </Card>
  );
}

export default function Activity() {
  const t = useText(messages);
  const me = useSession()?.identity;
  const { wanted, setWanted, id } = useWanted();
  const [live, setLive] = useState(false);
  const [withOwn, setWithOwn] = useState(false);
  const [chosen, setShown] = useState<TrailEvent | null>(); // null: closed
  const linked = useLinked(id);
  const shown = chosen === null ? undefined : chosen ?? linked;
  const isOwn = (event: TrailEvent) => isOwnRead(event, me, navigator.userAgent);
  const { all, events, query, error } = useEvents(
    wanted, live, (event) => fits(event, wanted.outcome) && (withOwn || !isOwn(event)), ENOUGH);
  const own = all.filter((event) => fits(event, wanted.outcome) && isOwn(event)).length;
  return (
    <div className={styles.stack}>
      <Filters wanted={wanted} onChange={setWanted} live={live} onLive={setLive} />
      {error && <Failure error={error} onRetry={() => void query.refetch()} />}
      {!query.error && (
        <EventTable events={events} loading={query.isPending} none={query.isSuccess ? t.none : ' '}
          onShow={setShown} />
      )}
      <div className={styles.foot}>
        <Typography.Text type="secondary" aria-live="polite">{t.counted(events.length)}</Typography.Text>
        {query.hasNextPage && (
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.more}</Button>
        )}
        <label className={styles.live}>
          <Switch size="small" checked={withOwn} onChange={setWithOwn} aria-label={t.own} />
          {withOwn ? t.own : t.ownHidden(own)}
        </label>
        <Typography.Text type="secondary">{t.dataHint}</Typography.Text>
      </div>
      {shown && <Details event={shown} onClose={() => setShown(null)} />}
    </div>
  );
}
