import { useQuery } from '@tanstack/react-query';
import { Skeleton, theme } from 'antd';
import { useEffect } from 'react';
import { Link } from 'react-router-dom';
import { ApiError } from '../../api/errors';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { Outcome, Who } from '../activity/Details';
import { text } from './messages';
import styles from './Overview.module.css';
import { readRecent, type Recent } from './recent';

const EACH_MS = 30_000;

const isDenial = (error: unknown) => error instanceof ApiError && error.denied;

// `failures`: how many there were, where that is known; a change is looked at straight away.
export function RecentProblems({ failures }: { failures: number | undefined }) {
  const t = useText(text);
  const format = useFormat();
  const { token } = theme.useToken();
  const recent = useQuery<Recent>({
    queryKey: ['overview', 'recent'], retry: false,
    queryFn: ({ signal }) => readRecent(signal),
    // Looking leaves an event itself, so that it is not done for nothing.
    refetchInterval: ({ state: { error } }) => (failures !== undefined || isDenial(error) ? false : EACH_MS),
  });
  const { refetch } = recent;
  const may = !isDenial(recent.error);
  useEffect(() => {
    if (failures !== undefined && may) void refetch({ cancelRefetch: false });
  }, [failures, may, refetch]);
  if (recent.error) return <Failure brief error={recent.error} onRetry={() => void recent.refetch()} />;
  if (!recent.data) return <Skeleton active />;
  const { events, looked, whole } = recent.data;
  return (
    <>
      {events.length === 0 && (whole ? t.noRecent : t.noneAmong(format.number(looked)))}
      <ul className={styles.recent}>
        {events.map((event) => (
          <li key={event.eventId} style={{ borderColor: token.colorBorderSecondary }}>
            <Link to={`/activity?id=${encodeURIComponent(event.eventId)}`}>
              {`${event.serviceName} · ${event.eventName}`}
            </Link>
            <Outcome event={event} />
            <small style={{ color: token.colorTextDescription }}>
              <Who event={event} />
              {event.resourceName && <>{' · '}<bdi>{event.resourceName}</bdi></>}
              {` · ${format.time(event.eventTime)}`}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

export function RecentLink() {
  const t = useText(text);
  return <Link to="/activity?outcome=failed">{t.toActivity}</Link>;
}
