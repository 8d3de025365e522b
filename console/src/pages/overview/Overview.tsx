import { ApiOutlined, CloudUploadOutlined, MessageOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Badge, Card, Col, Descriptions, Row, Skeleton, Space, Statistic, theme } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { ApiError } from '../../api/errors';
import { server } from '../../api/http';
import { lakeside, type ModelHealth, type Sample } from '../../api/lakeside';
import { oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { useMode } from '../../app/theme';
import { Failure } from '../../components/Failure';
import { LineChart } from '../../components/LineChart';
import { text } from './messages';
import styles from './Overview.module.css';
import { DRAWN, failuresOf, problemsOf, rateBetween, type Rates, totalsOf, type Totals } from './rates';
import { RecentLink, RecentProblems } from './RecentProblems';

const EVERY_MS = 3_000;
const POINTS = 60;
const MOST_COUNTED = 200; // buckets
const MOST_PROBLEMS = 12;

// Asked again and again while the page is seen.
function useLive() {
  const query = useQuery({
    queryKey: ['lakeside', 'metrics'],
    queryFn: ({ signal }) => lakeside.metrics(DRAWN, { signal }),
    refetchInterval: (q) => (q.state.error instanceof ApiError && q.state.error.denied ? false : EVERY_MS),
  });
  const last = useRef<Totals>(undefined);
  const [rates, setRates] = useState<(Rates | undefined)[]>(() => Array<undefined>(POINTS).fill(undefined));
  const { data, dataUpdatedAt } = query;
  useEffect(() => {
    if (!data || last.current?.at === dataUpdatedAt) return;
    const now = totalsOf(data, dataUpdatedAt);
    const before = last.current;
    last.current = now;
    if (before) setRates((all) => [...all.slice(1), rateBetween(before, now)]);
  }, [data, dataUpdatedAt]);
  return { ...query, rates };
}

function Live({ rates }: { rates: (Rates | undefined)[] }) {
  const t = useText(text);
  const format = useFormat();
  const { dark } = useMode();
  const [blue, green, red, grey] = dark
    ? ['#69a8ff', '#6abe39', '#ff7875', '#9aa4b2'] : ['#1668dc', '#2f8a10', '#cf1322', '#6b7684'];
  const line = (label: string, colour: string, name: keyof Rates) =>
    ({ label, colour, values: rates.map((rate) => rate?.[name]) });
  const perSecond = (value: number) => `${format.bytes(value)}/s`;
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={8}>
        <Card title={t.requests}>
          <LineChart label={t.requests} format={format.number} lines={[
            line(t.answered, green!, 'ok'), line(t.refused, grey!, 'refused'), line(t.failed, red!, 'failed'),
          ]} />
        </Card>
      </Col>
      <Col xs={24} xl={8}>
        <Card title={t.tokens}>
          <LineChart label={t.tokens} format={format.number} lines={[
            line(t.tokensIn, blue!, 'tokensIn'), line(t.tokensCached, grey!, 'tokensCached'),
            line(t.tokensOut, green!, 'tokensOut'),
          ]} />
        </Card>
      </Col>
      <Col xs={24} xl={8}>
        <Card title={t.traffic}>
          <LineChart label={t.traffic} format={perSecond} lines={[
            line(t.bytesIn, blue!, 'bytesIn'), line(t.bytesOut, green!, 'bytesOut'),
          ]} />
        </Card>
      </Col>
    </Row>
  );
}

function Stored() {
  const t = useText(text);
  const format = useFormat();
  const buckets = useQuery({
    queryKey: ['oss', 'buckets'], queryFn: ({ signal }) => oss.listBuckets({ signal }),
  });
  const stats = useQueries({
    queries: (buckets.data ?? []).slice(0, MOST_COUNTED).map(({ name }) => ({
      queryKey: ['oss', 'stat', name],
      queryFn: ({ signal }: { signal: AbortSignal }) => oss.getBucketStat(name, { signal }),
      retry: false,
      // Each look leaves an event in the audit trail.
      refetchInterval: Math.max(30_000, (buckets.data?.length ?? 0) * 3_000),
    })),
  });
  if (buckets.error) {
    return <Failure brief error={buckets.error} onRetry={() => void buckets.refetch()} />;
  }
  if (!buckets.data) return <Skeleton active paragraph={{ rows: 1 }} />;
  const counted = stats.flatMap(({ data }) => (data ? [data] : []));
  const partly = counted.length < buckets.data.length && !stats.some(({ isPending }) => isPending);
  const sum = (of: 'objects' | 'bytes') => counted.reduce((total, stat) => total + stat[of], 0);
  return (
    <>
      <Space size={48} wrap>
        <Statistic title={t.buckets} value={format.number(buckets.data.length)} />
        <Statistic title={t.objects} value={format.number(sum('objects'))} />
        <Statistic title={t.size} value={format.bytes(sum('bytes'))} />
      </Space>
      {partly && <p className={styles.note}>{t.partly}</p>}
    </>
  );
}

const STATE_COLOURS = {
  loaded: 'success', loading: 'processing', fetching: 'processing', unloaded: 'default', broken: 'error',
} as const;

function Models({ models }: { models: ModelHealth[] }) {
  const t = useText(text);
  const format = useFormat();
  if (models.length === 0) return t.noModels;
  return (
    <ul className={styles.models}>
      {models.map(({ name, state, bytes, running, queued }) => (
        <li key={name}>
          <bdi>{name}</bdi>
          <span>{format.bytes(bytes)}</span>
          {running > 0 && <span>{t.running(running)}</span>}
          {queued > 0 && <span>{t.queued(queued)}</span>}
          <Badge status={STATE_COLOURS[state]} text={t[state]} />
        </li>
      ))}
    </ul>
  );
}

function Problems({ samples }: { samples: Sample[] }) {
  const t = useText(text);
  const format = useFormat();
  const { token } = theme.useToken();
  const number = (value: number) => (value === 0 ? '' : format.number(value));
  const problems = problemsOf(samples).slice(0, MOST_PROBLEMS);
  if (problems.length === 0) return t.noProblems;
  return (
    <table className={styles.problems}>
      <thead>
        <tr>{[t.operation, t.service, t.refusals, t.failures].map((name) => (
          <th key={name} scope="col">{name}</th>
        ))}</tr>
      </thead>
      <tbody>
        {problems.map(({ service, operation, refused, failed }) => (
          <tr key={`${service}/${operation}`} style={{ borderColor: token.colorBorderSecondary }}>
            <td>{operation}</td>
            <td>{service}</td>
            <td>{number(refused)}</td>
            <td>{number(failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Start() {
  const t = useText(text);
  const doors = [
    { to: '/connect', icon: <ApiOutlined />, title: t.connectTitle, hint: t.connectText },
    { to: '/objects', icon: <CloudUploadOutlined />, title: t.storeTitle, hint: t.storeText },
    { to: '/playground', icon: <MessageOutlined />, title: t.chatTitle, hint: t.chatText },
  ];
  return doors.map(({ to, icon, title, hint }) => (
    <Link key={to} to={to} className={styles.door}>
      <span className={styles.doorIcon}>{icon}</span>
      <span><strong>{title}</strong><br /><small>{hint}</small></span>
    </Link>
  ));
}

export default function Overview() {
  const t = useText(text);
  const health = useQuery({
    queryKey: ['lakeside', 'health'],
    queryFn: ({ signal }) => lakeside.health({ signal }),
    refetchInterval: 10_000,
  });
  const live = useLive();
  const denied = live.error instanceof ApiError && live.error.denied;
  const ok = health.data?.status === 'ok' && !health.error;
  return (
    <div className={styles.page}>
      <Row gutter={[16, 16]}>
        <Col xs={24} lg={8}>
          <Card title={t.health} className={styles.full}>
            <Descriptions column={1} size="small" items={[
              {
                key: 'health', label: t.status,
                children: health.isPending ? '…'
                  : <Badge status={ok ? 'success' : 'error'} text={ok ? t.healthy : t.unhealthy} />,
              },
              { key: 'version', label: t.version, children: server.version || '—' },
              {
                key: 'models', label: t.models,
                children: health.data?.models ? <Models models={health.data.models} /> : '—',
              },
            ]} />
          </Card>
        </Col>
        <Col xs={24} lg={8}><Card title={t.stored} className={styles.full}><Stored /></Card></Col>
        <Col xs={24} lg={8}><Card title={t.start} className={styles.full}><Start /></Card></Col>
      </Row>
      {denied ? <Card>{t.notYours}</Card> : (
        <>
          {live.error && <Failure error={live.error} onRetry={() => void live.refetch()} />}
          <Live rates={live.rates} />
        </>
      )}
      <Row gutter={[16, 16]}>
        <Col xs={24} xl={denied ? 24 : 14}>
          <Card title={t.recent} extra={<RecentLink />} className={styles.full}>
            <RecentProblems failures={live.data && failuresOf(live.data)} />
          </Card>
        </Col>
        {!denied && (
          <Col xs={24} xl={10}>
            <Card title={t.problems} className={styles.full}>
              {live.data ? <Problems samples={live.data} /> : <Skeleton active />}
            </Card>
          </Col>
        )}
      </Row>
    </div>
  );
}
