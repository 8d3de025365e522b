// What was called, by whom, and how it ended; from a denial to the statement that decided it.
import { CheckCircleOutlined, CloseCircleOutlined, SafetyOutlined, StopOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Descriptions, Drawer, Input, Select, Spin, Switch, Table, Tag, theme, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { simulatorPath } from '../../api/simulation';
import { type EventFilter, lookupEvents, type TrailEvent } from '../../api/trail';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { isDenied, merged, questionsOf } from './events';
import { text as messages } from './messages';
import styles from './Activity.module.css';

const SERVICES = ['Ram', 'Sts', 'Oss', 'Kms', 'ModelStudio', 'Actiontrail', 'Lakeside'];
const HOURS = { hour: 1, day: 24, week: 24 * 7, quarter: 24 * 90 };
const LIVE_MS = 3_000;

type Outcome = 'any' | 'failed' | 'denied';
interface Wanted {
  service?: string;
  user: string;
  event: string;
  resource: string;
  rw: 'All' | 'Write' | 'Read';
  outcome: Outcome;
  range: keyof typeof HOURS;
}

const filterOf = (wanted: Wanted): EventFilter => ({
  attributes: {
    ServiceName: wanted.service, User: wanted.user.trim(), EventName: wanted.event.trim(),
    ResourceName: wanted.resource.trim(), EventRW: wanted.rw === 'All' ? undefined : wanted.rw,
  },
  start: new Date(Date.now() - HOURS[wanted.range] * 3_600_000),
});

// LookupEvents knows no condition for how a call ended.
const fits = (event: TrailEvent, outcome: Outcome) =>
  outcome === 'any' || (outcome === 'denied' ? isDenied(event) : Boolean(event.errorCode));

function Filters({ wanted, onChange, live, onLive }: {
  wanted: Wanted; onChange: (wanted: Wanted) => void; live: boolean; onLive: (live: boolean) => void;
}) {
  const t = useText(messages);
  const set = (change: Partial<Wanted>) => onChange({ ...wanted, ...change });
  const input = (name: 'user' | 'event' | 'resource', label: string, hint: string) => (
    <Input className={styles.input} aria-label={label} placeholder={hint} allowClear defaultValue={wanted[name]}
      onPressEnter={(event) => set({ [name]: event.currentTarget.value })}
      onChange={(event) => event.target.value || set({ [name]: '' })}
      onBlur={(event) => event.target.value !== wanted[name] && set({ [name]: event.target.value })} />
  );
  return (
    <div className={styles.filters}>
      <Select aria-label={t.range} value={wanted.range} onChange={(range) => set({ range })}
        options={(Object.keys(HOURS) as (keyof typeof HOURS)[]).map((value) => ({ value, label: t[value] }))} />
      <Select aria-label={t.service} value={wanted.service} allowClear placeholder={t.anyService}
        className={styles.input} onChange={(service?: string) => set({ service })}
        options={SERVICES.map((value) => ({ value, label: value }))} />
      {input('user', t.user, t.userHint)}
      {input('event', t.event, t.eventHint)}
      {input('resource', t.resource, t.resourceHint)}
      <Select aria-label={t.which} value={wanted.rw} onChange={(rw) => set({ rw })} popupMatchSelectWidth={false}
        options={[{ value: 'All', label: t.all }, { value: 'Write', label: t.writes },
          { value: 'Read', label: t.reads }]} />
      <Select aria-label={t.outcome} value={wanted.outcome} popupMatchSelectWidth={false}
        onChange={(outcome) => set({ outcome })} options={[
          { value: 'any', label: t.anyOutcome }, { value: 'failed', label: t.failed },
          { value: 'denied', label: t.denied },
        ]} />
      <span className={styles.grow} />
      <label className={styles.live}><Switch checked={live} onChange={onLive} aria-label={t.live} />{t.live}</label>
    </div>
  );
}

function Who({ event }: { event: TrailEvent }) {
  const t = useText(messages);
  const { type, userName } = event.userIdentity;
  const kinds: Record<string, string> = {
    'root-account': t.root, 'assumed-role': t.session, 'api-key': t.apiKey, anonymous: t.anonymous,
  };
  if (type === 'root-account' || type === 'anonymous') return <span>{kinds[type]}</span>;
  return <span className={styles.any}>{kinds[type] && `${kinds[type]} `}<bdi>{userName}</bdi></span>;
}

function Outcome({ event }: { event: TrailEvent }) {
  const t = useText(messages);
  if (!event.errorCode) return <Tag icon={<CheckCircleOutlined aria-hidden />} color="green">{t.ok}</Tag>;
  return (
    <Tag color="red" icon={isDenied(event) ? <StopOutlined aria-hidden /> : <CloseCircleOutlined aria-hidden />}>
      {event.errorCode}
    </Tag>
  );
}

function Details({ event, onClose }: { event: TrailEvent; onClose: () => void }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const format = useFormat();
  const items = [
    { label: t.time, children: format.time(event.eventTime) },
    { label: t.who, children: <Who event={event} /> },
    ...(event.userIdentity.accessKeyId
      ? [{ label: t.key, children: <code>{event.userIdentity.accessKeyId}</code> }] : []),
    { label: t.from, children: event.sourceIpAddress },
    { label: t.agent, children: <bdi>{event.userAgent}</bdi> },
    { label: t.requestId, children: <code>{event.requestId}</code> },
    ...(event.resourceName
      ? [{ label: t.on, children: <span>{event.resourceType}<br /><bdi>{event.resourceName}</bdi></span> }] : []),
    ...(event.errorCode ? [{
      label: t.error, children: <span><code>{event.errorCode}</code><br /><bdi>{event.errorMessage}</bdi></span>,
    }] : []),
  ].map((item) => ({ key: item.label, ...item }));
  const questions = questionsOf(event);
  return (
    <Drawer open onClose={onClose} size={560} title={`${event.serviceName} · ${event.eventName}`}>
      <div className={styles.stack}>
        <Descriptions size="small" column={1} items={items} className={styles.any} />
        {questions.length > 0 && (
          <section>
            <h3 className={styles.h3}>{t.asked}</h3>
            <ul className={styles.asked}>
              {questions.slice(0, 20).map((question, i) => (
                <li key={i} style={{ borderColor: token.colorBorderSecondary }}>
                  <div className={`${styles.grow} ${styles.any}`}>
                    <code>{question.action}</code>
                    <div><Typography.Text type="secondary"><code>{question.resource}</code></Typography.Text></div>
                  </div>
                  <Link to={simulatorPath(question)} aria-label={`${t.explain} ${question.action}`}>
                    <SafetyOutlined aria-hidden />{` ${t.explain}`}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section>
          <h3 className={styles.h3}>{t.json}</h3>
          <pre tabIndex={0} className={styles.json} style={{ background: token.colorFillTertiary }}>
            {JSON.stringify(event, null, 2)}
          </pre>
        </section>
      </div>
    </Drawer>
  );
}

export default function Activity() {
  const t = useText(messages);
  const format = useFormat();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState<Wanted>({
    user: '', event: '', resource: '', rw: 'All', outcome: 'any', range: 'day',
  });
  const [live, setLive] = useState(false);
  const [shown, setShown] = useState<TrailEvent>();
  const key = ['activity', wanted.service, wanted.user, wanted.event, wanted.resource, wanted.rw, wanted.range];
  const query = useInfiniteQuery({
    queryKey: key, initialPageParam: undefined as string | undefined, retry: false,
    queryFn: ({ signal, pageParam }) => lookupEvents(filterOf(wanted), pageParam, { signal }),
    getNextPageParam: (page) => page.next,
  });
  // What has come since, before what is there.
  const fresh = useQuery({
    queryKey: [...key, 'live'], enabled: live && query.isSuccess, refetchInterval: LIVE_MS, retry: false,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<TrailEvent[]>([...key, 'live']) ?? [];
      return merged((await lookupEvents(filterOf(wanted), undefined, { signal })).events, known).slice(0, 2_000);
    },
  });
  const older = query.data?.pages.flatMap((page) => page.events) ?? [];
  // This list's own calls would fill it.
  const isOwn = (event: TrailEvent) => event.eventName === 'LookupEvents' && wanted.event !== 'LookupEvents';
  const events = merged(fresh.data ?? [], older)
    .filter((event) => fits(event, wanted.outcome) && !isOwn(event));
  const empty = query.isSuccess ? t.none : ' ';
  return (
    <div className={styles.stack}>
      <Filters wanted={wanted} onChange={setWanted} live={live} onLive={setLive} />
      {(query.error ?? fresh.error) && (
        <Failure error={query.error ?? fresh.error} onRetry={() => void query.refetch()} />
      )}
      {!query.error && (
        <Card styles={{ body: { padding: 0 } }}>
          <Table<TrailEvent> dataSource={events} rowKey="eventId" size="small" pagination={false}
            loading={{ spinning: query.isPending, indicator: <Spin aria-label={t.time} /> }}
            scroll={{ x: 'max-content' }} locale={{ emptyText: empty }}
            columns={[
              {
                title: t.time, dataIndex: 'eventTime', width: 190,
                render: (time: string) => <span style={{ whiteSpace: 'nowrap' }}>{format.time(time)}</span>,
              },
              {
                title: t.what, render: (_, event) => (
                  <Button type="link" size="small" className={styles.call} onClick={() => setShown(event)}>
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
      )}
      <div className={styles.foot}>
        <Typography.Text type="secondary" aria-live="polite">{t.counted(events.length)}</Typography.Text>
        {query.hasNextPage && (
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.more}</Button>
        )}
        <Typography.Text type="secondary">{`${t.ownHint} ${t.dataHint}`}</Typography.Text>
      </div>
      {shown && <Details event={shown} onClose={() => setShown(undefined)} />}
    </div>
  );
}
